namespace Firesteel.Nn;

/// <summary>min(max(x, 0), 6) (<c>torch.nn.ReLU6</c>).</summary>
/// <param name="inplace">Whether to overwrite the input.</param>
public class ReLU6(bool inplace = false) : Module
{
    /// <summary>Whether to overwrite the input.</summary>
    public bool Inplace { get; } = inplace;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Relu6(input, Inplace));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => Repr.Inplace(Inplace);
}
