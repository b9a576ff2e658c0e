using System.Collections;
using System.Globalization;
using Firesteel.Io;

namespace Firesteel.Optim;

/// <summary>Changes the learning rates of an optimizer from epoch to epoch (<c>torch.optim.lr_scheduler.LRScheduler</c>). Call <see cref="Step"/> after the optimizer's.</summary>
public abstract class LRScheduler : IStateful
{
    /// <summary>Starts a schedule, and sets the learning rates of its first epoch.</summary>
    /// <param name="optimizer">Whose learning rates.</param>
    /// <param name="lastEpoch">The epoch to go on after; -1 to begin.</param>
    /// <exception cref="KeyNotFoundException">Going on with an optimizer that has not had a scheduler.</exception>
    protected LRScheduler(Optimizer optimizer, long lastEpoch = -1)
        : this(optimizer, lastEpoch, [])
    {
    }

    /// <summary>A schedule with settings under PyTorch's names, which are part of its state. Who calls this calls <see cref="Begin"/>.</summary>
    private protected LRScheduler(Optimizer optimizer, params ReadOnlySpan<(string Name, object Value)> settings)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        Optimizer = optimizer;
        Settings = new SchedulerSettings(settings);
    }

    private protected LRScheduler(Optimizer optimizer, long lastEpoch, params ReadOnlySpan<(string Name, object Value)> settings)
        : this(optimizer, settings) => Begin(lastEpoch);

    private protected void Begin(long lastEpoch)
    {
        for (int i = 0; i < Optimizer.ParamGroups.Count; i++)
        {
            var group = Optimizer.ParamGroups[i];
            if (group.Has("initial_lr")) continue;
            if (lastEpoch != -1) throw new KeyNotFoundException($"param 'initial_lr' is not specified in param_groups[{i}] when resuming an optimizer");
            group.InitialLr = group.Lr;
        }
        BaseLrs = [.. Optimizer.ParamGroups.Select(static g => g.InitialLr)];
        LastEpoch = lastEpoch;
        StepCount = 0;
        Step();
    }

    /// <summary>The optimizer whose learning rates are changed.</summary>
    public Optimizer Optimizer { get; }

    /// <summary>The learning rates that the schedule starts from, one a group (<c>base_lrs</c>).</summary>
    public IReadOnlyList<double> BaseLrs { get; private protected set; } = [];

    /// <summary>The epoch that the learning rates are for (<c>last_epoch</c>).</summary>
    public long LastEpoch { get; set; }

    private protected long StepCount { get; set; }

    private protected SchedulerSettings Settings { get; }

    private IReadOnlyList<double> _lastLr = [];
    private Action? _move;

    /// <summary>The learning rates, one a group (<c>get_last_lr</c>).</summary>
    public virtual IReadOnlyList<double> GetLastLr() => _lastLr;

    /// <summary>Goes on to the next epoch and sets its learning rates (<c>step</c>).</summary>
    public void Step() => Recorder.Repeat(_move ??= Move, GetType().Name + ".Step");

    /// <summary>What <see cref="Step()"/> does; a captured step does it again in every replay.</summary>
    private protected virtual void Move()
    {
        LastEpoch++;
        StepCount++;
        Apply(GetLr());
    }

    /// <summary>Goes to an epoch by the closed form of the schedule where there is one.</summary>
    internal virtual void StepTo(long epoch)
    {
        LastEpoch = epoch;
        StepCount++;
        Apply(GetClosedFormLr() ?? GetLr());
    }

    /// <summary>The learning rates for <see cref="LastEpoch"/>, usually from those of the epoch before (<c>get_lr</c>).</summary>
    protected abstract IReadOnlyList<double> GetLr();

    /// <summary>The learning rates for <see cref="LastEpoch"/> from those at the start; null if there is no such form.</summary>
    private protected virtual IReadOnlyList<double>? GetClosedFormLr() => null;

    private protected void Apply(IReadOnlyList<double> rates)
    {
        for (int i = 0; i < rates.Count; i++) Optimizer.ParamGroups[i].Lr = rates[i];
        NoteRates();
    }

    private protected void NoteRates() => _lastLr = [.. Optimizer.ParamGroups.Select(static g => g.Lr)];

    /// <summary>A function of the learning rate of each group.</summary>
    private protected double[] OfRates(Func<double, double> f) => [.. Optimizer.ParamGroups.Select(g => f(g.Lr))];

    /// <summary>A function of the learning rate that each group started from.</summary>
    private protected double[] OfBases(Func<double, double> f) => [.. BaseLrs.Select(f)];

    /// <summary>One value for all groups, or one a group.</summary>
    private protected static double[] ForGroups(string name, Optimizer optimizer, IReadOnlyList<double> values)
    {
        if (values.Count == 1) return [.. Enumerable.Repeat(values[0], optimizer.ParamGroups.Count)];
        if (values.Count != optimizer.ParamGroups.Count) throw new ArgumentException($"expected {optimizer.ParamGroups.Count} values for {name}, got {values.Count}");
        return [.. values];
    }

    /// <summary>What is needed to go on, under PyTorch's names (<c>state_dict</c>).</summary>
    public virtual Dictionary<string, object> StateDict() => new(Settings.All)
    {
        ["last_epoch"] = LastEpoch,
        ["base_lrs"] = BaseLrs.ToList(),
        ["_step_count"] = StepCount,
        ["_last_lr"] = GetLastLr().ToList(),
    };

    /// <summary>Goes on from a state (<c>load_state_dict</c>), with its settings, as PyTorch does. Load the optimizer's too: it holds the learning rates.</summary>
    /// <exception cref="ArgumentException">The state lacks an entry, or has one of another kind; nothing is changed then.</exception>
    public virtual void LoadStateDict(IReadOnlyDictionary<string, object> stateDict)
    {
        ArgumentNullException.ThrowIfNull(stateDict);
        var settings = Settings.Read(stateDict);
        var lastLr = Numbers(stateDict, "_last_lr");
        // PyTorch's schedules of schedules lack some entries.
        long lastEpoch = stateDict.ContainsKey("last_epoch") || Settings.All.Count > 0 ? (long)Number(stateDict, "last_epoch") : LastEpoch;
        var baseLrs = stateDict.ContainsKey("base_lrs") ? Numbers(stateDict, "base_lrs") : BaseLrs;
        long stepCount = stateDict.ContainsKey("_step_count") ? (long)Number(stateDict, "_step_count") : StepCount;
        if (lastLr.Count != Optimizer.ParamGroups.Count || baseLrs.Count != BaseLrs.Count) throw new ArgumentException($"the state is of an optimizer with {lastLr.Count} groups instead of {Optimizer.ParamGroups.Count}", nameof(stateDict));
        Settings.Set(settings);
        (LastEpoch, StepCount, BaseLrs, _lastLr) = (lastEpoch, stepCount, baseLrs, lastLr);
    }

    internal static double Number(IReadOnlyDictionary<string, object> state, string name) => state.TryGetValue(name, out var value)
        && value is IConvertible number and not string
        ? number.ToDouble(CultureInfo.InvariantCulture)
        : throw new ArgumentException($"not the state of this scheduler: it has no number '{name}'");

    private protected static List<double> Numbers(IReadOnlyDictionary<string, object> state, string name) => state.TryGetValue(name, out var value) && value is IEnumerable items
        ? [.. items.Cast<object>().Select(static x => Convert.ToDouble(x, CultureInfo.InvariantCulture))]
        : throw new ArgumentException($"not the state of this scheduler: it has no '{name}'");
}
