namespace Firesteel.Nn;

/// <summary>x where |x| is above lambd, 0 elsewhere (<c>torch.nn.Hardshrink</c>).</summary>
/// <param name="lambd">The bound.</param>
public class Hardshrink(double lambd = 0.5) : Module
{
    /// <summary>The bound.</summary>
    public double Lambd { get; } = lambd;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Hardshrink(input, Lambd));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => Repr.Of(Lambd);
}
