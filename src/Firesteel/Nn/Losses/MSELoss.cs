namespace Firesteel.Nn;

/// <summary>Squared difference (<c>torch.nn.MSELoss</c>).</summary>
/// <param name="reduction">What to do with the elements.</param>
public class MSELoss(Reduction reduction = Reduction.Mean) : Module
{
    /// <summary>What to do with the elements.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>The loss of a prediction; see <see cref="Functional.MseLoss"/>.</summary>
    public Tensor Forward(Tensor input, Tensor target)
    {
        using var scope = Enter();
        return scope.Exit(Functional.MseLoss(input, target, reduction: Reduction));
    }
}
