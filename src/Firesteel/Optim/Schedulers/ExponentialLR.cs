namespace Firesteel.Optim;

/// <summary>Multiplies the learning rate by <paramref name="gamma"/> every epoch (<c>ExponentialLR</c>).</summary>
public sealed class ExponentialLR(Optimizer optimizer, double gamma, long lastEpoch = -1) : LRScheduler(optimizer, lastEpoch)
{
    private readonly double _gamma = gamma;

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr() => LastEpoch == 0 ? OfRates(static lr => lr) : OfRates(lr => lr * _gamma);

    private protected override IReadOnlyList<double> GetClosedFormLr() => OfBases(lr => lr * Math.Pow(_gamma, LastEpoch));
}
