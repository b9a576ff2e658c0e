namespace Firesteel.Nn;

/// <summary>Hinge loss of several classes at once (<c>torch.nn.MultiLabelMarginLoss</c>).</summary>
/// <param name="reduction">What to do with the elements.</param>
public class MultiLabelMarginLoss(Reduction reduction = Reduction.Mean) : Module
{
    /// <summary>What to do with the elements.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>The loss of a prediction; see <see cref="Functional.MultilabelMarginLoss"/>.</summary>
    public Tensor Forward(Tensor input, Tensor target)
    {
        using var scope = Enter();
        return scope.Exit(Functional.MultilabelMarginLoss(input, target, reduction: Reduction));
    }
}
