namespace Firesteel.Nn;

/// <summary>Loss for the angle between two vectors (<c>torch.nn.CosineEmbeddingLoss</c>).</summary>
/// <param name="margin">The cosine that is enough.</param>
/// <param name="reduction">What to do with the elements.</param>
public class CosineEmbeddingLoss(double margin = 0.0, Reduction reduction = Reduction.Mean) : Module
{
    /// <summary>The cosine that is enough.</summary>
    public double Margin { get; } = margin;

    /// <summary>What to do with the elements.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>The loss of a prediction; see <see cref="Functional.CosineEmbeddingLoss"/>.</summary>
    public Tensor Forward(Tensor input1, Tensor input2, Tensor target)
    {
        using var scope = Enter();
        return scope.Exit(Functional.CosineEmbeddingLoss(input1, input2, target, margin: Margin, reduction: Reduction));
    }
}
