namespace Firesteel.Nn;

/// <summary>x * tanh(softplus(x)) (<c>torch.nn.Mish</c>).</summary>
/// <param name="inplace">Whether to overwrite the input.</param>
public class Mish(bool inplace = false) : Module
{
    /// <summary>Whether to overwrite the input.</summary>
    public bool Inplace { get; } = inplace;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Mish(input, Inplace));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => Repr.Inplace(Inplace);
}
