using Firesteel.Io;

namespace Firesteel.Optim;

/// <summary>Lowers the learning rate when a measure has stopped getting better (<c>ReduceLROnPlateau</c>). Step it with the measure after every epoch.</summary>
public sealed class ReduceLROnPlateau : IStateful
{
    private readonly Optimizer _optimizer;
    private readonly SchedulerSettings _settings;
    private double _best;
    private long _bad, _cooling;

    /// <summary>A schedule for the given optimizer.</summary>
    /// <param name="optimizer">Whose learning rates.</param>
    /// <param name="mode"><c>"min"</c> if lower is better, <c>"max"</c> if higher is.</param>
    /// <param name="factor">What the learning rate is multiplied by.</param>
    /// <param name="patience">The number of epochs without improvement to wait.</param>
    /// <param name="threshold">What counts as improvement.</param>
    /// <param name="thresholdMode"><c>"rel"</c> (a part of the best) or <c>"abs"</c>.</param>
    /// <param name="cooldown">The number of epochs to wait after a change.</param>
    /// <param name="minLr">The lowest learning rate.</param>
    /// <param name="eps">Changes smaller than this are left out.</param>
    /// <exception cref="ArgumentException">A factor of 1 or more, or an unknown mode.</exception>
    public ReduceLROnPlateau(Optimizer optimizer, string mode = "min", double factor = 0.1, long patience = 10, double threshold = 1e-4, string thresholdMode = "rel", long cooldown = 0, double minLr = 0, double eps = 1e-8)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        if (factor >= 1) throw new ArgumentException("Factor should be < 1.0.", nameof(factor));
        if (mode is not ("min" or "max")) throw new ArgumentException($"mode {mode} is unknown!", nameof(mode));
        if (thresholdMode is not ("rel" or "abs")) throw new ArgumentException($"threshold mode {thresholdMode} is unknown!", nameof(thresholdMode));
        _optimizer = optimizer;
        _settings = new SchedulerSettings(
        [
            ("factor", factor), ("min_lrs", Enumerable.Repeat(minLr, optimizer.ParamGroups.Count).ToArray()), ("patience", patience), ("cooldown", cooldown),
            ("mode", mode), ("threshold", threshold), ("threshold_mode", thresholdMode), ("eps", eps),
        ]);
        _best = mode == "max" ? double.NegativeInfinity : double.PositiveInfinity;
    }

    /// <summary>The number of epochs so far (<c>last_epoch</c>).</summary>
    public long LastEpoch { get; private set; }

    /// <summary>The learning rates, one a group (<c>get_last_lr</c>).</summary>
    public IReadOnlyList<double> GetLastLr() => [.. _optimizer.ParamGroups.Select(static g => g.Lr)];

    /// <summary>Takes note of the measure of an epoch (<c>step</c>).</summary>
    public void Step(double metrics)
    {
        LastEpoch++;
        if (IsBetter(metrics)) (_best, _bad) = (metrics, 0);
        else _bad++;
        if (_cooling > 0)
        {
            _cooling--;
            _bad = 0;
        }
        if (_bad <= _settings.Integer("patience")) return;
        double[] minLrs = _settings.Numbers("min_lrs");
        for (int i = 0; i < minLrs.Length; i++)
        {
            var group = _optimizer.ParamGroups[i];
            double next = Math.Max(group.Lr * _settings.Number("factor"), minLrs[i]);
            if (group.Lr - next > _settings.Number("eps")) group.Lr = next;
        }
        (_cooling, _bad) = (_settings.Integer("cooldown"), 0);
    }

    /// <summary>Takes note of the measure of an epoch (<c>step</c>).</summary>
    public void Step(Tensor metrics) => Step(metrics.Item());

    /// <summary>What is needed to go on, under PyTorch's names (<c>state_dict</c>).</summary>
    public Dictionary<string, object> StateDict() => new(_settings.All)
    {
        ["best"] = _best, ["num_bad_epochs"] = _bad, ["cooldown_counter"] = _cooling, ["last_epoch"] = LastEpoch, ["_last_lr"] = GetLastLr().ToList(),
    };

    /// <summary>Goes on from a state (<c>load_state_dict</c>), with its settings, as PyTorch does.</summary>
    /// <exception cref="ArgumentException">The state lacks an entry, or has one of another kind; nothing is changed then.</exception>
    public void LoadStateDict(IReadOnlyDictionary<string, object> stateDict)
    {
        ArgumentNullException.ThrowIfNull(stateDict);
        var settings = _settings.Read(stateDict);
        double best = LRScheduler.Number(stateDict, "best");
        long bad = (long)LRScheduler.Number(stateDict, "num_bad_epochs"), cooling = (long)LRScheduler.Number(stateDict, "cooldown_counter"), lastEpoch = (long)LRScheduler.Number(stateDict, "last_epoch");
        if (stateDict.TryGetValue("min_lrs", out object? value) && value is System.Collections.ICollection limits && limits.Count != _optimizer.ParamGroups.Count)
            throw new ArgumentException($"the state is of an optimizer with {limits.Count} groups instead of {_optimizer.ParamGroups.Count}", nameof(stateDict));
        _settings.Set(settings);
        (_best, _bad, _cooling, LastEpoch) = (best, bad, cooling, lastEpoch);
    }

    private bool IsBetter(double a)
    {
        double threshold = _settings.Number("threshold");
        return (_settings.Text("mode"), _settings.Text("threshold_mode")) switch
        {
            ("min", "rel") => a < _best * (1 - threshold),
            ("min", _) => a < _best - threshold,
            (_, "rel") => a > _best * (threshold + 1),
            _ => a > _best + threshold,
        };
    }
}
