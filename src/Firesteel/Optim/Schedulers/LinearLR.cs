namespace Firesteel.Optim;

/// <summary>Lets the factor of the learning rate go from <paramref name="startFactor"/> to <paramref name="endFactor"/> in <paramref name="totalIters"/> epochs (<c>LinearLR</c>).</summary>
public sealed class LinearLR(Optimizer optimizer, double startFactor = 1.0 / 3, double endFactor = 1, long totalIters = 5, long lastEpoch = -1) : LRScheduler(optimizer, lastEpoch)
{
    private readonly double _start = startFactor is >= 0 and <= 1 ? startFactor : throw new ArgumentException("Starting multiplicative factor expected to be between 0 and 1.");
    private readonly double _end = endFactor is >= 0 and <= 1 ? endFactor : throw new ArgumentException("Ending multiplicative factor expected to be between 0 and 1.");
    private readonly long _totalIters = totalIters;

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr()
    {
        if (LastEpoch == 0) return OfRates(lr => lr * _start);
        if (LastEpoch > _totalIters) return OfRates(static lr => lr);
        double factor = 1 + (_end - _start) / (_totalIters * _start + (LastEpoch - 1) * (_end - _start));
        return OfRates(lr => lr * factor);
    }

    private protected override IReadOnlyList<double> GetClosedFormLr() => OfBases(lr => lr * (_start + (_end - _start) * Math.Min(_totalIters, LastEpoch) / _totalIters));
}
