namespace Firesteel.Data;

public partial class DataLoader<TSample, TBatch>
{
    /// <summary>The pass begun last; not kept alive, so that one that is forgotten ends its threads.</summary>
    private WeakReference<Pass>? _pass;

    /// <summary>The pass that the next enumeration goes on with.</summary>
    private PassState? _resumed;

    /// <summary>What a pass draws from: the default generator, and those that the loader and its sampler were given.</summary>
    private IReadOnlyList<Generator> Generators =>
        [.. new[] { Rng.Default, _generator ?? Rng.Default }.Concat((_plan as Sampler<IReadOnlyList<int>>)?.Generators ?? []).Distinct()];

    /// <summary>
    /// Where this loader is: in the middle of a pass the batches that were handed out, and what it takes to go on with exactly those that would have followed.
    /// Of several passes at a time the one begun last counts. The position of <see cref="Rng.Default"/> is not part of it.
    /// </summary>
    public Dictionary<string, object> StateDict()
    {
        var state = new Dictionary<string, object>
        {
            ["generators"] = Generators.Skip(1).Select(static g => (object)PassState.Bytes(g.GetState())).ToList(),
        };
        if (Current() is not { } pass) return state;
        state["pass"] = pass.ToDictionary();
        state["options"] = Options();
        return state;
    }

    /// <summary>
    /// Goes on from a state: after one in the middle of a pass the next enumeration gives the batches that were to follow. Samples of a
    /// <see cref="Dataset{T}"/> that were had are not read again, those of a stream are read and left out. Samplers of your own have to draw from
    /// <see cref="Rng.Default"/> or from their <see cref="Sampler{T}.Generators"/> only.
    /// </summary>
    /// <exception cref="ArgumentException">It is the state of a loader with other data or options; nothing is changed then.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, object> stateDict)
    {
        ArgumentNullException.ThrowIfNull(stateDict);
        var generators = Generators;
        var own = PassState.List(stateDict, "generators").Select(static x => PassState.Bytes(x, "generators")).ToList();
        if (own.Count != generators.Count - 1) throw new ArgumentException($"DataLoader: the state is of a loader with {own.Count} generators of its own, and this one has {generators.Count - 1}.");
        PassState? resumed = null;
        if (stateDict.TryGetValue("pass", out var pass))
        {
            var options = PassState.Dictionary(stateDict.GetValueOrDefault("options"), "options");
            foreach (var (name, value) in Options())
                if (!Equals(options.GetValueOrDefault(name), value))
                    throw new ArgumentException($"DataLoader: the pass to go on with has {name} {options.GetValueOrDefault(name) ?? "unknown"}, and this loader {value}. Within a pass it has to stay the same.");
            resumed = PassState.From(PassState.Dictionary(pass, "pass"), generators.Count, _numWorkers);
        }
        for (int i = 0; i < own.Count; i++) generators[i + 1].SetState(own[i]);
        (_resumed, _pass) = (resumed, null);
    }

    private PassState? Current() => _resumed ?? (_pass is { } reference && reference.TryGetTarget(out var pass) && !pass.IsOver ? pass.State() : null);

    /// <summary>What has to be the same for a pass to go on.</summary>
    private Dictionary<string, object> Options()
    {
        var options = new Dictionary<string, object>();
        if (_dataset is ISized sized) options["number of samples"] = (long)sized.Count;
        if (_batchSize is { } size) options["batch size"] = (long)size;
        if (_plan is BatchSampler batches) options["order"] = batches.SamplerName;
        return options;
    }
}
