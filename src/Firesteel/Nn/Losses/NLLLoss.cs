namespace Firesteel.Nn;

/// <summary>Negative log likelihood of classes, for predicted log probabilities (<c>torch.nn.NLLLoss</c>).</summary>
/// <param name="weight">The weight of each class.</param>
/// <param name="ignoreIndex">Targets of this value do not count.</param>
/// <param name="reduction">What to do with the elements.</param>
public class NLLLoss(Tensor? weight = null, long ignoreIndex = -100, Reduction reduction = Reduction.Mean) : Module
{
    /// <summary>The weight of each class.</summary>
    public Buffer? Weight { get; set; } = weight is null ? null : new Buffer(weight);

    /// <summary>Targets of this value do not count.</summary>
    public long IgnoreIndex { get; } = ignoreIndex;

    /// <summary>What to do with the elements.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>The loss of a prediction; see <c>Functional.NllLoss</c>.</summary>
    public Tensor Forward(Tensor input, Tensor target)
    {
        using var scope = Enter();
        return scope.Exit(Functional.NllLoss(input, target, weight: Weight, ignoreIndex: IgnoreIndex, reduction: Reduction));
    }
}
