namespace Firesteel.Optim;

/// <summary>Lets the learning rate go to zero in <paramref name="totalIters"/> epochs, as a power of what is left of them (<c>PolynomialLR</c>).</summary>
public sealed class PolynomialLR(Optimizer optimizer, long totalIters = 5, double power = 1, long lastEpoch = -1) : LRScheduler(optimizer, lastEpoch)
{
    private readonly long _totalIters = totalIters;
    private readonly double _power = power;

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr()
    {
        if (LastEpoch == 0 || LastEpoch > _totalIters) return OfRates(static lr => lr);
        double factor = Math.Pow((1.0 - (double)LastEpoch / _totalIters) / (1.0 - (double)(LastEpoch - 1) / _totalIters), _power);
        return OfRates(lr => lr * factor);
    }

    private protected override IReadOnlyList<double> GetClosedFormLr() => OfBases(lr => lr * Math.Pow(1.0 - (double)Math.Min(_totalIters, LastEpoch) / _totalIters, _power));
}
