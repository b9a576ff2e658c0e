namespace Firesteel.Nn;

/// <summary>The first half along a dimension times the sigmoid of the second (<c>torch.nn.GLU</c>).</summary>
/// <param name="dim">The dimension.</param>
public class GLU(long dim = -1) : Module
{
    /// <summary>The dimension.</summary>
    public long Dim { get; } = dim;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Glu(input, Dim));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"dim={Dim}";
}
