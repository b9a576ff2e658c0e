namespace Firesteel.Nn;

/// <summary>The positive part, max(x, 0) (<c>torch.nn.ReLU</c>).</summary>
/// <param name="inplace">Whether to overwrite the input.</param>
public class ReLU(bool inplace = false) : Module
{
    /// <summary>Whether to overwrite the input.</summary>
    public bool Inplace { get; } = inplace;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Relu(input, Inplace));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => Repr.Inplace(Inplace);
}
