namespace Firesteel.Nn;

/// <summary>x where positive, alpha * (exp(x) - 1) elsewhere (<c>torch.nn.ELU</c>).</summary>
/// <param name="alpha">The factor of the negative part.</param>
/// <param name="inplace">Whether to overwrite the input.</param>
public class ELU(double alpha = 1.0, bool inplace = false) : Module
{
    /// <summary>The factor of the negative part.</summary>
    public double Alpha { get; } = alpha;

    /// <summary>Whether to overwrite the input.</summary>
    public bool Inplace { get; } = inplace;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Elu(input, Alpha, Inplace));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => Repr.Inplace(Inplace, $"alpha={Repr.Of(Alpha)}");
}
