using System.Collections;
using System.Globalization;

namespace Firesteel.Optim;

/// <summary>Multiplies the learning rate by <paramref name="gamma"/> at each of the given epochs (<c>MultiStepLR</c>).</summary>
public sealed class MultiStepLR(Optimizer optimizer, IReadOnlyList<long> milestones, double gamma = 0.1, long lastEpoch = -1)
    : LRScheduler(optimizer, lastEpoch, ("gamma", gamma))
{
    // Not among the settings: PyTorch keeps them as a Counter, which its weights_only loader knows only since 2.0. Its schedulers keep their own if a state has none.
    private long[] _milestones = [.. milestones];

    private double Gamma => Settings.Number("gamma");

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr()
    {
        int now = _milestones.Count(m => m == LastEpoch);
        return now == 0 ? OfRates(static lr => lr) : OfRates(lr => lr * Math.Pow(Gamma, now));
    }

    private protected override IReadOnlyList<double> GetClosedFormLr() => OfBases(lr => lr * Math.Pow(Gamma, _milestones.Count(m => m <= LastEpoch)));

    /// <inheritdoc/>
    public override void LoadStateDict(IReadOnlyDictionary<string, object> stateDict)
    {
        base.LoadStateDict(stateDict);
        if (!stateDict.TryGetValue("milestones", out object? value) || value is not IDictionary counter) return;
        var milestones = new List<long>();
        foreach (DictionaryEntry entry in counter)
            for (long times = Integer(entry.Value); times > 0; times--) milestones.Add(Integer(entry.Key));
        _milestones = [.. milestones];

        static long Integer(object? number) => Convert.ToInt64(number, CultureInfo.InvariantCulture);
    }
}
