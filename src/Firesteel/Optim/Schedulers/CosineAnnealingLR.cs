namespace Firesteel.Optim;

/// <summary>Lets the learning rate follow half a cosine from its start down to <paramref name="etaMin"/> in <paramref name="tMax"/> epochs, and up again (<c>CosineAnnealingLR</c>).</summary>
public sealed class CosineAnnealingLR(Optimizer optimizer, long tMax, double etaMin = 0, long lastEpoch = -1) : LRScheduler(optimizer, lastEpoch)
{
    private readonly long _tMax = tMax;
    private readonly double _etaMin = etaMin;

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr()
    {
        if (LastEpoch == 0) return OfRates(static lr => lr);
        if (StepCount == 1) return OfBases(lr => _etaMin + (lr - _etaMin) * (1 + Math.Cos(LastEpoch * Math.PI / _tMax)) / 2);
        if ((LastEpoch - 1 - _tMax) % (2 * _tMax) == 0)
        {
            double part = 1 - Math.Cos(Math.PI / _tMax);
            return [.. Optimizer.ParamGroups.Select((g, i) => g.Lr + (BaseLrs[i] - _etaMin) * part / 2)];
        }
        double factor = (1 + Math.Cos(Math.PI * LastEpoch / _tMax)) / (1 + Math.Cos(Math.PI * (LastEpoch - 1) / _tMax));
        return OfRates(lr => factor * (lr - _etaMin) + _etaMin);
    }

    private protected override IReadOnlyList<double> GetClosedFormLr() => OfBases(lr => _etaMin + (lr - _etaMin) * (1 + Math.Cos(Math.PI * LastEpoch / _tMax)) / 2);
}
