namespace Firesteel.Nn;

/// <summary>Hinge loss of several classes (<c>torch.nn.MultiMarginLoss</c>).</summary>
/// <param name="p">The exponent, 1 or 2.</param>
/// <param name="margin">The difference that is enough.</param>
/// <param name="weight">The weight of each class.</param>
/// <param name="reduction">What to do with the elements.</param>
public class MultiMarginLoss(long p = 1, double margin = 1.0, Tensor? weight = null, Reduction reduction = Reduction.Mean) : Module
{
    /// <summary>The exponent, 1 or 2.</summary>
    public long P { get; } = p;

    /// <summary>The difference that is enough.</summary>
    public double Margin { get; } = margin;

    /// <summary>The weight of each class.</summary>
    public Buffer? Weight { get; set; } = weight is null ? null : new Buffer(weight);

    /// <summary>What to do with the elements.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>The loss of a prediction; see <see cref="Functional.MultiMarginLoss"/>.</summary>
    public Tensor Forward(Tensor input, Tensor target)
    {
        using var scope = Enter();
        return scope.Exit(Functional.MultiMarginLoss(input, target, p: P, margin: Margin, weight: Weight, reduction: Reduction));
    }
}
