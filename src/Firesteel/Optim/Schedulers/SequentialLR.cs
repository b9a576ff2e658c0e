namespace Firesteel.Optim;

/// <summary>Schedules one after the other (<c>SequentialLR</c>).</summary>
public sealed class SequentialLR : LRScheduler
{
    private readonly LRScheduler[] _schedulers;
    private long[] _milestones;
    private LRScheduler _current;

    /// <summary>Changes from a schedule to the next at each of the given epochs.</summary>
    /// <exception cref="ArgumentException">Another optimizer, or not one milestone less than schedules.</exception>
    public SequentialLR(Optimizer optimizer, IReadOnlyList<LRScheduler> schedulers, IReadOnlyList<long> milestones, long lastEpoch = -1)
        : base(optimizer, [])
    {
        ArgumentNullException.ThrowIfNull(schedulers);
        ArgumentNullException.ThrowIfNull(milestones);
        for (int i = 0; i < schedulers.Count; i++)
            if (!ReferenceEquals(schedulers[i].Optimizer, optimizer)) throw new ArgumentException($"Sequential Schedulers expects all schedulers to belong to the same optimizer, but got schedulers at index {i} to be different than the optimizer passed in.");
        if (milestones.Count != schedulers.Count - 1)
            throw new ArgumentException($"Sequential Schedulers expects number of schedulers provided to be one more than the number of milestone points, but got number of schedulers {schedulers.Count} and the number of milestones to be equal to {milestones.Count}");
        (_schedulers, _milestones, LastEpoch) = ([.. schedulers], [.. milestones], lastEpoch + 1);
        foreach (var group in optimizer.ParamGroups) group.Lr = group.InitialLr;
        // Each schedule took its first step when it was made: those are undone, and the first one's is done again.
        foreach (var scheduler in _schedulers) scheduler.LastEpoch--;
        _current = _schedulers[0];
        _current.Step();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<double> GetLastLr() => _current.GetLastLr();

    /// <inheritdoc/>
    private protected override void Move()
    {
        LastEpoch++;
        int at = _milestones.Count(m => m <= LastEpoch);
        _current = _schedulers[at];
        if (at > 0 && _milestones[at - 1] == LastEpoch) _current.StepTo(0);
        else _current.Step();
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr() => _current.GetLastLr();

    /// <inheritdoc/>
    public override Dictionary<string, object> StateDict() => new(base.StateDict()) { ["_milestones"] = _milestones.ToList(), ["_schedulers"] = _schedulers.Select(static s => s.StateDict()).ToList() };

    /// <inheritdoc/>
    public override void LoadStateDict(IReadOnlyDictionary<string, object> stateDict)
    {
        ArgumentNullException.ThrowIfNull(stateDict);
        long[] milestones = stateDict.ContainsKey("_milestones") ? [.. Numbers(stateDict, "_milestones").Select(static m => (long)m)] : _milestones;
        if (milestones.Length != _milestones.Length) throw new ArgumentException($"the state has {milestones.Length} milestones instead of {_milestones.Length}");
        base.LoadStateDict(stateDict);
        _milestones = milestones;
        ChainedScheduler.LoadAll(_schedulers, stateDict);
        _current = _schedulers[_milestones.Count(m => m <= LastEpoch)];
    }
}
