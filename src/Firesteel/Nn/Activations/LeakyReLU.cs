namespace Firesteel.Nn;

/// <summary>x where positive, negativeSlope * x elsewhere (<c>torch.nn.LeakyReLU</c>).</summary>
/// <param name="negativeSlope">The slope below 0.</param>
/// <param name="inplace">Whether to overwrite the input.</param>
public class LeakyReLU(double negativeSlope = 1e-2, bool inplace = false) : Module
{
    /// <summary>The slope below 0.</summary>
    public double NegativeSlope { get; } = negativeSlope;

    /// <summary>Whether to overwrite the input.</summary>
    public bool Inplace { get; } = inplace;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.LeakyRelu(input, NegativeSlope, Inplace));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => Repr.Inplace(Inplace, $"negative_slope={Repr.Of(NegativeSlope)}");
}
