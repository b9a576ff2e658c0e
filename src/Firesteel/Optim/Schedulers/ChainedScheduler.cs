using System.Collections;

namespace Firesteel.Optim;

/// <summary>Several schedules at once, each changing what the one before has set (<c>ChainedScheduler</c>).</summary>
public sealed class ChainedScheduler : LRScheduler
{
    private readonly LRScheduler[] _schedulers;

    /// <summary>All of the given schedules.</summary>
    /// <exception cref="ArgumentException">None, or of different optimizers.</exception>
    public ChainedScheduler(params IReadOnlyList<LRScheduler> schedulers)
        : base(First(schedulers).Optimizer, [])
    {
        for (int i = 1; i < schedulers.Count; i++)
            if (!ReferenceEquals(schedulers[i].Optimizer, Optimizer)) throw new ArgumentException($"ChainedScheduler expects all schedulers to belong to the same optimizer, but got schedulers at index 0 and {i} to be different");
        _schedulers = [.. schedulers];
        NoteRates();
    }

    /// <inheritdoc/>
    private protected override void Move()
    {
        foreach (var scheduler in _schedulers) scheduler.Step();
        NoteRates();
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr() => OfRates(static lr => lr);

    /// <inheritdoc/>
    public override Dictionary<string, object> StateDict() => new(base.StateDict()) { ["_schedulers"] = _schedulers.Select(static s => s.StateDict()).ToList() };

    /// <inheritdoc/>
    public override void LoadStateDict(IReadOnlyDictionary<string, object> stateDict)
    {
        base.LoadStateDict(stateDict);
        LoadAll(_schedulers, stateDict);
    }

    internal static void LoadAll(LRScheduler[] schedulers, IReadOnlyDictionary<string, object> stateDict)
    {
        if (!stateDict.TryGetValue("_schedulers", out var value) || value is not IEnumerable items) throw new ArgumentException("not the state of this scheduler: it has no '_schedulers'");
        var states = items.Cast<IReadOnlyDictionary<string, object>>().ToList();
        if (states.Count != schedulers.Length) throw new ArgumentException($"the state has {states.Count} schedulers instead of {schedulers.Length}");
        for (int i = 0; i < states.Count; i++) schedulers[i].LoadStateDict(states[i]);
    }

    private static LRScheduler First(IReadOnlyList<LRScheduler> schedulers) => schedulers is { Count: > 0 } ? schedulers[0] : throw new ArgumentException("ChainedScheduler expects at least one scheduler");
}
