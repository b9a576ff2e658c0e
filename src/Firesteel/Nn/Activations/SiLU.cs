namespace Firesteel.Nn;

/// <summary>x * sigmoid(x) (<c>torch.nn.SiLU</c>).</summary>
/// <param name="inplace">Whether to overwrite the input.</param>
public class SiLU(bool inplace = false) : Module
{
    /// <summary>Whether to overwrite the input.</summary>
    public bool Inplace { get; } = inplace;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Silu(input, Inplace));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => Repr.Inplace(Inplace);
}
