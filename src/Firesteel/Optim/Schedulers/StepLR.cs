namespace Firesteel.Optim;

/// <summary>Multiplies the learning rate by <paramref name="gamma"/> every <paramref name="stepSize"/> epochs (<c>StepLR</c>).</summary>
public sealed class StepLR(Optimizer optimizer, long stepSize, double gamma = 0.1, long lastEpoch = -1)
    : LRScheduler(optimizer, lastEpoch, ("step_size", stepSize > 0 ? stepSize : throw new ArgumentException($"Expected positive step_size, but got {stepSize}")), ("gamma", gamma))
{
    private long StepSize => Settings.Integer("step_size");

    private double Gamma => Settings.Number("gamma");

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr() => LastEpoch == 0 || LastEpoch % StepSize != 0 ? OfRates(static lr => lr) : OfRates(lr => lr * Gamma);

    private protected override IReadOnlyList<double> GetClosedFormLr() => OfBases(lr => lr * Math.Pow(Gamma, LastEpoch / StepSize));
}
