namespace Firesteel.Nn;

/// <summary>x moved by lambd towards 0 (<c>torch.nn.Softshrink</c>).</summary>
/// <param name="lambd">The bound.</param>
public class Softshrink(double lambd = 0.5) : Module
{
    /// <summary>The bound.</summary>
    public double Lambd { get; } = lambd;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Softshrink(input, Lambd));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => Repr.Of(Lambd);
}
