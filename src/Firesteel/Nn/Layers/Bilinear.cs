namespace Firesteel.Nn;

/// <summary><c>x1 @ weight[k] @ x2 + bias[k]</c> for every output k (<c>torch.nn.Bilinear</c>).</summary>
public class Bilinear : Module
{
    /// <summary>A layer with weights and biases from U(-1/sqrt(in1Features), 1/sqrt(in1Features)).</summary>
    /// <param name="in1Features">The last size of the first input.</param>
    /// <param name="in2Features">The last size of the second input.</param>
    /// <param name="outFeatures">The last size of the output.</param>
    /// <param name="bias">Whether to add a learned bias.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Their dtype.</param>
    /// <exception cref="ArgumentException"><paramref name="in1Features"/> is not positive.</exception>
    public Bilinear(long in1Features, long in2Features, long outFeatures, bool bias = true, Device? device = null, DType dtype = DType.Float32)
    {
        if (in1Features <= 0) throw new ArgumentException($"in1_features must be > 0, but got {in1Features}", nameof(in1Features));
        (In1Features, In2Features, OutFeatures) = (in1Features, in2Features, outFeatures);
        Weight = new Parameter(Tensor.Empty([outFeatures, in1Features, in2Features], dtype, device));
        Bias = bias ? new Parameter(Tensor.Empty([outFeatures], dtype, device)) : null;
        ResetParameters();
    }

    /// <summary>The last size of the first input.</summary>
    public long In1Features { get; }

    /// <summary>The last size of the second input.</summary>
    public long In2Features { get; }

    /// <summary>The last size of the output.</summary>
    public long OutFeatures { get; }

    /// <summary>[outFeatures, in1Features, in2Features].</summary>
    public Parameter Weight { get; set; }

    /// <summary>[outFeatures], or null.</summary>
    public Parameter? Bias { get; set; }

    /// <summary>Draws the parameters anew (<c>reset_parameters</c>).</summary>
    public void ResetParameters()
    {
        double bound = 1 / Math.Sqrt(In1Features);
        Init.UniformInPlace(Weight, -bound, bound);
        if (Bias is not null) Init.UniformInPlace(Bias, -bound, bound);
    }

    /// <summary>[..., outFeatures] for [..., in1Features] and [..., in2Features].</summary>
    public Tensor Forward(Tensor input1, Tensor input2)
    {
        using var scope = Enter();
        return scope.Exit(Functional.Bilinear(input1, input2, Weight, Bias));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"in1_features={In1Features}, in2_features={In2Features}, out_features={OutFeatures}, bias={Repr.Of(Bias is not null)}";
}
