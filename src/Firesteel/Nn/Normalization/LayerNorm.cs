namespace Firesteel.Nn;

/// <summary>Brings the last dimensions to mean 0 and variance 1 (<c>torch.nn.LayerNorm</c>).</summary>
public class LayerNorm : Module
{
    private readonly long[] _shape;

    /// <summary>A layer for inputs that end with the given sizes.</summary>
    /// <param name="normalizedShape">The last size, or sizes.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="elementwiseAffine">Whether to learn a factor and an offset for each element.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Their dtype.</param>
    public LayerNorm(Sizes normalizedShape, double eps = 1e-5, bool elementwiseAffine = true, Device? device = null, DType dtype = DType.Float32)
    {
        _shape = [.. normalizedShape];
        (Eps, ElementwiseAffine) = (eps, elementwiseAffine);
        if (!elementwiseAffine) return;
        Weight = new Parameter(Tensor.Ones(_shape, dtype, device));
        Bias = new Parameter(Tensor.Zeros(_shape, dtype, device));
    }

    /// <summary>The last sizes of the input.</summary>
    public IReadOnlyList<long> NormalizedShape => _shape;

    /// <summary>Added to the variance.</summary>
    public double Eps { get; }

    /// <summary>Whether there are a factor and an offset.</summary>
    public bool ElementwiseAffine { get; }

    /// <summary>The factor of each element, or null.</summary>
    public Parameter? Weight { get; set; }

    /// <summary>The offset of each element, or null.</summary>
    public Parameter? Bias { get; set; }

    /// <summary>Sets factors to 1 and offsets to 0 (<c>reset_parameters</c>).</summary>
    public void ResetParameters()
    {
        if (Weight is not null) Init.OnesInPlace(Weight);
        if (Bias is not null) Init.ZerosInPlace(Bias);
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.LayerNorm(input, _shape, Weight, Bias, Eps));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"{Repr.Tuple(_shape)}, eps={Repr.Of(Eps)}, elementwise_affine={Repr.Of(ElementwiseAffine)}";
}
