namespace Firesteel.Nn;

/// <summary>Binary cross entropy of probabilities (<c>torch.nn.BCELoss</c>).</summary>
/// <param name="weight">The weight of each element.</param>
/// <param name="reduction">What to do with the elements.</param>
public class BCELoss(Tensor? weight = null, Reduction reduction = Reduction.Mean) : Module
{
    /// <summary>The weight of each element.</summary>
    public Buffer? Weight { get; set; } = weight is null ? null : new Buffer(weight);

    /// <summary>What to do with the elements.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>The loss of a prediction; see <see cref="Functional.BinaryCrossEntropy"/>.</summary>
    public Tensor Forward(Tensor input, Tensor target)
    {
        using var scope = Enter();
        return scope.Exit(Functional.BinaryCrossEntropy(input, target, weight: Weight, reduction: Reduction));
    }
}
