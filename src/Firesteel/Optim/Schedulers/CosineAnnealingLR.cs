namespace Firesteel.Optim;

/// <summary>Lets the learning rate follow half a cosine from its start down to <paramref name="etaMin"/> in <paramref name="tMax"/> epochs, and up again (<c>CosineAnnealingLR</c>).</summary>
public sealed class CosineAnnealingLR(Optimizer optimizer, long tMax, double etaMin = 0, long lastEpoch = -1)
    : LRScheduler(optimizer, lastEpoch, ("T_max", tMax), ("eta_min", etaMin))
{
    private long TMax => Settings.Integer("T_max");

    private double EtaMin => Settings.Number("eta_min");

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr()
    {
        if (LastEpoch == 0) return OfRates(static lr => lr);
        if (StepCount == 1) return OfBases(lr => EtaMin + (lr - EtaMin) * (1 + Math.Cos(LastEpoch * Math.PI / TMax)) / 2);
        if ((LastEpoch - 1 - TMax) % (2 * TMax) == 0)
        {
            double part = 1 - Math.Cos(Math.PI / TMax);
            return [.. Optimizer.ParamGroups.Select((g, i) => g.Lr + (BaseLrs[i] - EtaMin) * part / 2)];
        }
        double factor = (1 + Math.Cos(Math.PI * LastEpoch / TMax)) / (1 + Math.Cos(Math.PI * (LastEpoch - 1) / TMax));
        return OfRates(lr => factor * (lr - EtaMin) + EtaMin);
    }

    private protected override IReadOnlyList<double> GetClosedFormLr() => OfBases(lr => EtaMin + (lr - EtaMin) * (1 + Math.Cos(Math.PI * LastEpoch / TMax)) / 2);
}
