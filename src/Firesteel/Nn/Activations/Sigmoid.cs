namespace Firesteel.Nn;

/// <summary>1 / (1 + exp(-x)) (<c>torch.nn.Sigmoid</c>).</summary>
public class Sigmoid : Module
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(input.Sigmoid());
    }
}
