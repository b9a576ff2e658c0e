namespace Firesteel.Nn;

/// <summary>Binary cross entropy of several classes at once, for scores (<c>torch.nn.MultiLabelSoftMarginLoss</c>).</summary>
/// <param name="weight">The weight of each class.</param>
/// <param name="reduction">What to do with the elements.</param>
public class MultiLabelSoftMarginLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean) : Module
{
    /// <summary>The weight of each class.</summary>
    public Buffer? Weight { get; set; } = weight is null ? null : new Buffer(weight);

    /// <summary>What to do with the elements.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>The loss of a prediction; see <see cref="Functional.MultilabelSoftMarginLoss"/>.</summary>
    public Tensor Forward(Tensor input, Tensor target)
    {
        using var scope = Enter();
        return scope.Exit(Functional.MultilabelSoftMarginLoss(input, target, weight: Weight, reduction: Reduction));
    }
}
