namespace Firesteel.Nn;

/// <summary>The leaky ReLU with a learned slope (<c>torch.nn.PReLU</c>).</summary>
public class PReLU : Module
{
    /// <summary>One slope for all channels, or one for each.</summary>
    /// <param name="numParameters">1 or the number of channels.</param>
    /// <param name="init">The first slope.</param>
    /// <param name="device">Where the parameter lives.</param>
    /// <param name="dtype">Its dtype.</param>
    public PReLU(long numParameters = 1, double init = 0.25, Device? device = null, DType dtype = DType.Float32)
    {
        NumParameters = numParameters;
        Weight = new Parameter(Tensor.Full([numParameters], init, dtype, device));
    }

    /// <summary>1 or the number of channels.</summary>
    public long NumParameters { get; }

    /// <summary>[numParameters].</summary>
    public Parameter Weight { get; set; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Prelu(input, Weight));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"num_parameters={NumParameters}";
}
