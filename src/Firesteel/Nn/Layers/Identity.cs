namespace Firesteel.Nn;

/// <summary>Returns its input (<c>torch.nn.Identity</c>).</summary>
public class Identity : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(input);
    }
}
