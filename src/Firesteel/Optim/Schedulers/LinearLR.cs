namespace Firesteel.Optim;

/// <summary>Lets the factor of the learning rate go from <paramref name="startFactor"/> to <paramref name="endFactor"/> in <paramref name="totalIters"/> epochs (<c>LinearLR</c>).</summary>
public sealed class LinearLR(Optimizer optimizer, double startFactor = 1.0 / 3, double endFactor = 1, long totalIters = 5, long lastEpoch = -1)
    : LRScheduler(
        optimizer,
        lastEpoch,
        ("start_factor", startFactor is >= 0 and <= 1 ? startFactor : throw new ArgumentException("Starting multiplicative factor expected to be between 0 and 1.")),
        ("end_factor", endFactor is >= 0 and <= 1 ? endFactor : throw new ArgumentException("Ending multiplicative factor expected to be between 0 and 1.")),
        ("total_iters", totalIters))
{
    private double Start => Settings.Number("start_factor");

    private double End => Settings.Number("end_factor");

    private long TotalIters => Settings.Integer("total_iters");

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr()
    {
        if (LastEpoch == 0) return OfRates(lr => lr * Start);
        if (LastEpoch > TotalIters) return OfRates(static lr => lr);
        double factor = 1 + (End - Start) / (TotalIters * Start + (LastEpoch - 1) * (End - Start));
        return OfRates(lr => lr * factor);
    }

    private protected override IReadOnlyList<double> GetClosedFormLr() => OfBases(lr => lr * (Start + (End - Start) * Math.Min(TotalIters, LastEpoch) / TotalIters));
}
