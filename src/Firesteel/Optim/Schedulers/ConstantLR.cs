namespace Firesteel.Optim;

/// <summary>Multiplies the learning rate by <paramref name="factor"/> for the first <paramref name="totalIters"/> epochs (<c>ConstantLR</c>).</summary>
public sealed class ConstantLR(Optimizer optimizer, double factor = 1.0 / 3, long totalIters = 5, long lastEpoch = -1)
    : LRScheduler(optimizer, lastEpoch, ("factor", factor is >= 0 and <= 1 ? factor : throw new ArgumentException("Constant multiplicative factor expected to be between 0 and 1.")), ("total_iters", totalIters))
{
    private double Factor => Settings.Number("factor");

    private long TotalIters => Settings.Integer("total_iters");

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr() =>
        LastEpoch == 0 ? OfRates(lr => lr * Factor) : LastEpoch == TotalIters ? OfRates(lr => lr * (1.0 / Factor)) : OfRates(static lr => lr);

    private protected override IReadOnlyList<double> GetClosedFormLr() => OfBases(lr => lr * (Factor + (LastEpoch >= TotalIters ? 1 - Factor : 0)));
}
