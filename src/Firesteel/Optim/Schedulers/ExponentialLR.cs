namespace Firesteel.Optim;

/// <summary>Multiplies the learning rate by <paramref name="gamma"/> every epoch (<c>ExponentialLR</c>).</summary>
public sealed class ExponentialLR(Optimizer optimizer, double gamma, long lastEpoch = -1) : LRScheduler(optimizer, lastEpoch, ("gamma", gamma))
{
    private double Gamma => Settings.Number("gamma");

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr() => LastEpoch == 0 ? OfRates(static lr => lr) : OfRates(lr => lr * Gamma);

    private protected override IReadOnlyList<double> GetClosedFormLr() => OfBases(lr => lr * Math.Pow(Gamma, LastEpoch));
}
