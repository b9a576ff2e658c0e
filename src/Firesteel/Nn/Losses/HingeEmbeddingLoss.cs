namespace Firesteel.Nn;

/// <summary>The distance of pairs that belong together (1), the margin less the distance of others (-1) (<c>torch.nn.HingeEmbeddingLoss</c>).</summary>
/// <param name="margin">The distance that is enough.</param>
/// <param name="reduction">What to do with the elements.</param>
public class HingeEmbeddingLoss(double margin = 1.0, Reduction reduction = Reduction.Mean) : Module
{
    /// <summary>The distance that is enough.</summary>
    public double Margin { get; } = margin;

    /// <summary>What to do with the elements.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>The loss of a prediction; see <see cref="Functional.HingeEmbeddingLoss"/>.</summary>
    public Tensor Forward(Tensor input, Tensor target)
    {
        using var scope = Enter();
        return scope.Exit(Functional.HingeEmbeddingLoss(input, target, margin: Margin, reduction: Reduction));
    }
}
