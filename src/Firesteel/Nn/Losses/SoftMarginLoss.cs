namespace Firesteel.Nn;

/// <summary>log(1 + exp(-target * input)) (<c>torch.nn.SoftMarginLoss</c>).</summary>
/// <param name="reduction">What to do with the elements.</param>
public class SoftMarginLoss(Reduction reduction = Reduction.Mean) : Module
{
    /// <summary>What to do with the elements.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>The loss of a prediction; see <see cref="Functional.SoftMarginLoss"/>.</summary>
    public Tensor Forward(Tensor input, Tensor target)
    {
        using var scope = Enter();
        return scope.Exit(Functional.SoftMarginLoss(input, target, reduction: Reduction));
    }
}
