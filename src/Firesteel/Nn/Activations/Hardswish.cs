namespace Firesteel.Nn;

/// <summary>x * min(max(x + 3, 0), 6) / 6 (<c>torch.nn.Hardswish</c>).</summary>
/// <param name="inplace">Whether to overwrite the input.</param>
public class Hardswish(bool inplace = false) : Module
{
    /// <summary>Whether to overwrite the input.</summary>
    public bool Inplace { get; } = inplace;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Hardswish(input, Inplace));
    }
}
