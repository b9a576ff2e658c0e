namespace Firesteel.Nn;

/// <summary>Negative log likelihood of classes, for predicted scores (<c>torch.nn.CrossEntropyLoss</c>).</summary>
/// <param name="weight">The weight of each class.</param>
/// <param name="ignoreIndex">Targets of this value do not count.</param>
/// <param name="reduction">What to do with the elements.</param>
/// <param name="labelSmoothing">The part of the probability that is spread over all classes.</param>
public class CrossEntropyLoss(Tensor? weight = null, long ignoreIndex = -100, Reduction reduction = Reduction.Mean, double labelSmoothing = 0.0) : Module
{
    /// <summary>The weight of each class.</summary>
    public Buffer? Weight { get; set; } = weight is null ? null : new Buffer(weight);

    /// <summary>Targets of this value do not count.</summary>
    public long IgnoreIndex { get; } = ignoreIndex;

    /// <summary>What to do with the elements.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>The part of the probability that is spread over all classes.</summary>
    public double LabelSmoothing { get; } = labelSmoothing;

    /// <summary>The loss of scores [N, C, ...] for classes [N, ...] or probabilities [N, C, ...]; see <see cref="Functional.CrossEntropy"/>.</summary>
    public Tensor Forward(Tensor input, Tensor target)
    {
        using var scope = Enter();
        return scope.Exit(Functional.CrossEntropy(input, target, Weight, IgnoreIndex, Reduction, LabelSmoothing));
    }
}
