namespace Firesteel.Optim;

/// <summary>Multiplies the learning rate by <paramref name="factor"/> for the first <paramref name="totalIters"/> epochs (<c>ConstantLR</c>).</summary>
public sealed class ConstantLR(Optimizer optimizer, double factor = 1.0 / 3, long totalIters = 5, long lastEpoch = -1) : LRScheduler(optimizer, lastEpoch)
{
    private readonly double _factor = factor is >= 0 and <= 1 ? factor : throw new ArgumentException("Constant multiplicative factor expected to be between 0 and 1.");
    private readonly long _totalIters = totalIters;

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr() =>
        LastEpoch == 0 ? OfRates(lr => lr * _factor) : LastEpoch == _totalIters ? OfRates(lr => lr * (1.0 / _factor)) : OfRates(static lr => lr);

    private protected override IReadOnlyList<double> GetClosedFormLr() => OfBases(lr => lr * (_factor + (LastEpoch >= _totalIters ? 1 - _factor : 0)));
}
