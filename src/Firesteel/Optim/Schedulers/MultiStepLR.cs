namespace Firesteel.Optim;

/// <summary>Multiplies the learning rate by <paramref name="gamma"/> at each of the given epochs (<c>MultiStepLR</c>).</summary>
public sealed class MultiStepLR(Optimizer optimizer, IReadOnlyList<long> milestones, double gamma = 0.1, long lastEpoch = -1) : LRScheduler(optimizer, lastEpoch)
{
    private readonly long[] _milestones = [.. milestones];
    private readonly double _gamma = gamma;

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr()
    {
        int now = _milestones.Count(m => m == LastEpoch);
        return now == 0 ? OfRates(static lr => lr) : OfRates(lr => lr * Math.Pow(_gamma, now));
    }

    private protected override IReadOnlyList<double> GetClosedFormLr() => OfBases(lr => lr * Math.Pow(_gamma, _milestones.Count(m => m <= LastEpoch)));
}
