namespace Firesteel.Nn;

/// <summary>x - tanh(x) (<c>torch.nn.Tanhshrink</c>).</summary>
public class Tanhshrink : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Tanhshrink(input));
    }
}
