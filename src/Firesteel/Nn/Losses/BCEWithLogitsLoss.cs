namespace Firesteel.Nn;

/// <summary>Binary cross entropy of scores (<c>torch.nn.BCEWithLogitsLoss</c>).</summary>
/// <param name="weight">The weight of each element.</param>
/// <param name="reduction">What to do with the elements.</param>
/// <param name="posWeight">The weight of the positive examples.</param>
public class BCEWithLogitsLoss(Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? posWeight = null) : Module
{
    /// <summary>The weight of each element.</summary>
    public Buffer? Weight { get; set; } = weight is null ? null : new Buffer(weight);

    /// <summary>The weight of the positive examples.</summary>
    public Buffer? PosWeight { get; set; } = posWeight is null ? null : new Buffer(posWeight);

    /// <summary>What to do with the elements.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>The loss of a prediction; see <see cref="Functional.BinaryCrossEntropyWithLogits"/>.</summary>
    public Tensor Forward(Tensor input, Tensor target)
    {
        using var scope = Enter();
        return scope.Exit(Functional.BinaryCrossEntropyWithLogits(input, target, Weight, Reduction, PosWeight));
    }
}
