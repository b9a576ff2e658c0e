namespace Firesteel.Nn;

/// <summary><see cref="TripletMarginLoss"/> with any distance (<c>torch.nn.TripletMarginWithDistanceLoss</c>).</summary>
/// <param name="distanceFunction">The distance; <see cref="Functional.PairwiseDistance"/> if not given.</param>
/// <param name="margin">The difference that is enough.</param>
/// <param name="swap">Whether to use the distance of the two examples where it is smaller.</param>
/// <param name="reduction">What to do with the elements.</param>
public class TripletMarginWithDistanceLoss(Func<Tensor, Tensor, Tensor>? distanceFunction = null, double margin = 1.0, bool swap = false, Reduction reduction = Reduction.Mean) : Module
{
    private readonly Func<Tensor, Tensor, Tensor>? _distance = distanceFunction;
    private readonly double _margin = margin;
    private readonly bool _swap = swap;
    private readonly Reduction _reduction = reduction;

    /// <summary>The loss; see <see cref="Functional.TripletMarginWithDistanceLoss"/>.</summary>
    public Tensor Forward(Tensor anchor, Tensor positive, Tensor negative)
    {
        using var scope = Enter();
        return scope.Exit(Functional.TripletMarginWithDistanceLoss(anchor, positive, negative, _distance, _margin, _swap, _reduction));
    }
}
