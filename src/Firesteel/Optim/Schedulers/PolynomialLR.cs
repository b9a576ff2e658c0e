namespace Firesteel.Optim;

/// <summary>Lets the learning rate go to zero in <paramref name="totalIters"/> epochs, as a power of what is left of them (<c>PolynomialLR</c>).</summary>
public sealed class PolynomialLR(Optimizer optimizer, long totalIters = 5, double power = 1, long lastEpoch = -1)
    : LRScheduler(optimizer, lastEpoch, ("total_iters", totalIters), ("power", power))
{
    private long TotalIters => Settings.Integer("total_iters");

    private double Power => Settings.Number("power");

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr()
    {
        if (LastEpoch == 0 || LastEpoch > TotalIters) return OfRates(static lr => lr);
        double factor = Math.Pow((1.0 - (double)LastEpoch / TotalIters) / (1.0 - (double)(LastEpoch - 1) / TotalIters), Power);
        return OfRates(lr => lr * factor);
    }

    private protected override IReadOnlyList<double> GetClosedFormLr() => OfBases(lr => lr * Math.Pow(1.0 - (double)Math.Min(TotalIters, LastEpoch) / TotalIters, Power));
}
