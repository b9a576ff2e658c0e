namespace Firesteel.Nn;

/// <summary>Loss for an anchor that should be nearer to a positive than to a negative example (<c>torch.nn.TripletMarginLoss</c>).</summary>
/// <param name="margin">The difference that is enough.</param>
/// <param name="p">The norm of the distance.</param>
/// <param name="eps">Keeps its gradient finite.</param>
/// <param name="swap">Whether to use the distance of the two examples where it is smaller.</param>
/// <param name="reduction">What to do with the elements.</param>
public class TripletMarginLoss(double margin = 1.0, double p = 2.0, double eps = 1e-6, bool swap = false, Reduction reduction = Reduction.Mean) : Module
{
    /// <summary>The difference that is enough.</summary>
    public double Margin { get; } = margin;

    /// <summary>The norm of the distance.</summary>
    public double P { get; } = p;

    /// <summary>Keeps its gradient finite.</summary>
    public double Eps { get; } = eps;

    /// <summary>Whether to use the distance of the two examples where it is smaller.</summary>
    public bool Swap { get; } = swap;

    /// <summary>What to do with the elements.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>The loss of a prediction; see <see cref="Functional.TripletMarginLoss"/>.</summary>
    public Tensor Forward(Tensor anchor, Tensor positive, Tensor negative)
    {
        using var scope = Enter();
        return scope.Exit(Functional.TripletMarginLoss(anchor, positive, negative, margin: Margin, p: P, eps: Eps, swap: Swap, reduction: Reduction));
    }
}
