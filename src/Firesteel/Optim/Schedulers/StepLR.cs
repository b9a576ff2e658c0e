namespace Firesteel.Optim;

/// <summary>Multiplies the learning rate by <paramref name="gamma"/> every <paramref name="stepSize"/> epochs (<c>StepLR</c>).</summary>
public sealed class StepLR(Optimizer optimizer, long stepSize, double gamma = 0.1, long lastEpoch = -1) : LRScheduler(optimizer, lastEpoch)
{
    private readonly long _stepSize = stepSize > 0 ? stepSize : throw new ArgumentException($"Expected positive step_size, but got {stepSize}");
    private readonly double _gamma = gamma;

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr() => LastEpoch == 0 || LastEpoch % _stepSize != 0 ? OfRates(static lr => lr) : OfRates(lr => lr * _gamma);

    private protected override IReadOnlyList<double> GetClosedFormLr() => OfBases(lr => lr * Math.Pow(_gamma, LastEpoch / _stepSize));
}
