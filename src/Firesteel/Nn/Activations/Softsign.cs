namespace Firesteel.Nn;

/// <summary>x / (1 + |x|) (<c>torch.nn.Softsign</c>).</summary>
public class Softsign : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Softsign(input));
    }
}
