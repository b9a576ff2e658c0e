namespace Firesteel.Nn;

/// <summary>The ELU with exp(x / alpha), which is smooth for every alpha (<c>torch.nn.CELU</c>).</summary>
/// <param name="alpha">The factor of the negative part.</param>
/// <param name="inplace">Whether to overwrite the input.</param>
public class CELU(double alpha = 1.0, bool inplace = false) : Module
{
    /// <summary>The factor of the negative part.</summary>
    public double Alpha { get; } = alpha;

    /// <summary>Whether to overwrite the input.</summary>
    public bool Inplace { get; } = inplace;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Celu(input, Alpha, Inplace));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => Repr.Inplace(Inplace, $"alpha={Repr.Of(Alpha)}");
}
