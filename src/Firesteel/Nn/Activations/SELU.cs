namespace Firesteel.Nn;

/// <summary>The ELU that keeps mean 0 and variance 1 (<c>torch.nn.SELU</c>).</summary>
/// <param name="inplace">Whether to overwrite the input.</param>
public class SELU(bool inplace = false) : Module
{
    /// <summary>Whether to overwrite the input.</summary>
    public bool Inplace { get; } = inplace;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Selu(input, Inplace));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => Repr.Inplace(Inplace);
}
