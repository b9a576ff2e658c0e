namespace Firesteel.Nn;

/// <summary>The hyperbolic tangent (<c>torch.nn.Tanh</c>).</summary>
public class Tanh : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(input.Tanh());
    }
}
