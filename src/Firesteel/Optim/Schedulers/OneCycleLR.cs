using System.Collections;

namespace Firesteel.Optim;

/// <summary>One rise of the learning rate to a maximum and a long fall far below its start, with the momentum the other way (<c>OneCycleLR</c>). Step it after every batch.</summary>
public sealed class OneCycleLR : LRScheduler
{
    private readonly record struct Phase(double End, string StartLr, string EndLr, string StartMomentum, string EndMomentum);

    private Phase[] _phases;

    /// <summary>A schedule of <paramref name="totalSteps"/>, or of <paramref name="epochs"/> times <paramref name="stepsPerEpoch"/>, steps.</summary>
    /// <param name="optimizer">Whose learning rates.</param>
    /// <param name="maxLr">The maximum.</param>
    /// <param name="totalSteps">The number of steps.</param>
    /// <param name="epochs">The number of epochs, in place of that.</param>
    /// <param name="stepsPerEpoch">The number of steps in each.</param>
    /// <param name="pctStart">The part of the steps in which the learning rate rises.</param>
    /// <param name="annealStrategy"><c>"cos"</c> or <c>"linear"</c>.</param>
    /// <param name="cycleMomentum">Whether to change the momentum (or the first beta) too.</param>
    /// <param name="baseMomentum">The momentum at the maximum.</param>
    /// <param name="maxMomentum">The momentum at the start.</param>
    /// <param name="divFactor">The learning rate starts at the maximum divided by this.</param>
    /// <param name="finalDivFactor">It ends at its start divided by this.</param>
    /// <param name="threePhase">Whether it falls to its start first, in as many steps as it rose.</param>
    /// <param name="lastEpoch">The step to go on after; -1 to begin.</param>
    /// <exception cref="ArgumentException">No number of steps, or an argument out of range.</exception>
    public OneCycleLR(Optimizer optimizer, double maxLr, long? totalSteps = null, long? epochs = null, long? stepsPerEpoch = null, double pctStart = 0.3, string annealStrategy = "cos", bool cycleMomentum = true,
        double baseMomentum = 0.85, double maxMomentum = 0.95, double divFactor = 25, double finalDivFactor = 1e4, bool threePhase = false, long lastEpoch = -1)
        : base(optimizer, [])
    {
        long steps = totalSteps ?? (epochs is { } e && stepsPerEpoch is { } s ? e * s : throw new ArgumentException("You must define either total_steps OR (epochs AND steps_per_epoch)"));
        if (steps <= 0) throw new ArgumentException($"Expected positive integer total_steps, but got {steps}");
        if (!(pctStart is >= 0 and <= 1)) throw new ArgumentException($"Expected float between 0 and 1 pct_start, but got {pctStart}", nameof(pctStart));
        if (annealStrategy is not ("cos" or "linear")) throw new ArgumentException($"anneal_strategy must by one of 'cos' or 'linear', instead got {annealStrategy}", nameof(annealStrategy));
        var rise = new Phase(pctStart * steps - 1, "initial_lr", "max_lr", "max_momentum", "base_momentum");
        _phases = threePhase
            ? [rise, new(2 * pctStart * steps - 2, "max_lr", "initial_lr", "base_momentum", "max_momentum"), new(steps - 1, "initial_lr", "min_lr", "max_momentum", "max_momentum")]
            : [rise, new(steps - 1, "max_lr", "min_lr", "base_momentum", "max_momentum")];
        bool useBeta1 = optimizer.Defaults.ContainsKey("betas");
        Settings.Add("total_steps", steps);
        Settings.Add("_anneal_func_type", annealStrategy);
        Settings.Add("cycle_momentum", cycleMomentum);
        Settings.Add("use_beta1", useBeta1);
        if (cycleMomentum && !useBeta1 && !optimizer.Defaults.ContainsKey("momentum")) throw new ArgumentException("optimizer must support momentum with `cycle_momentum` option enabled");
        if (lastEpoch == -1)
        {
            foreach (var group in optimizer.ParamGroups)
            {
                group.InitialLr = maxLr / divFactor;
                group["max_lr"] = maxLr;
                group["min_lr"] = group.InitialLr / finalDivFactor;
                if (!cycleMomentum) continue;
                SetMomentum(group, maxMomentum);
                group["max_momentum"] = maxMomentum;
                group["base_momentum"] = baseMomentum;
            }
        }
        Begin(lastEpoch);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr()
    {
        if (LastEpoch > Settings.Integer("total_steps")) throw new InvalidOperationException($"Tried to step {LastEpoch + 1} times. The specified number of total steps is {Settings.Integer("total_steps")}");
        double start = 0;
        int at = 0;
        for (; at < _phases.Length - 1 && LastEpoch > _phases[at].End; at++) start = _phases[at].End;
        var phase = _phases[at];
        double part = (LastEpoch - start) / (phase.End - start);
        var rates = new List<double>();
        foreach (var group in Optimizer.ParamGroups)
        {
            rates.Add(Between(group.Number(phase.StartLr), group.Number(phase.EndLr), part));
            if (Settings.Flag("cycle_momentum")) SetMomentum(group, Between(group.Number(phase.StartMomentum), group.Number(phase.EndMomentum), part));
        }
        return rates;
    }

    private double Between(double start, double end, double part) => Settings.Text("_anneal_func_type") == "cos" ? end + (start - end) / 2 * (Math.Cos(Math.PI * part) + 1) : (end - start) * part + start;

    private void SetMomentum(ParameterGroup group, double momentum)
    {
        if (Settings.Flag("use_beta1")) group.Betas = (momentum, group.Betas.Beta2);
        else group.Momentum = momentum;
    }

    /// <inheritdoc/>
    public override Dictionary<string, object> StateDict() => new(base.StateDict())
    {
        ["_schedule_phases"] = _phases.Select(static p => new Dictionary<string, object>
        {
            ["end_step"] = p.End, ["start_lr"] = p.StartLr, ["end_lr"] = p.EndLr, ["start_momentum"] = p.StartMomentum, ["end_momentum"] = p.EndMomentum,
        }).ToList(),
    };

    /// <inheritdoc/>
    public override void LoadStateDict(IReadOnlyDictionary<string, object> stateDict)
    {
        ArgumentNullException.ThrowIfNull(stateDict);
        Phase[] phases = stateDict.TryGetValue("_schedule_phases", out object? value) && value is IEnumerable items
            ? [.. items.Cast<object>().Select(static item => item as IReadOnlyDictionary<string, object> ?? throw new ArgumentException("a phase of the state is no dictionary"))
                .Select(static p => new Phase(Number(p, "end_step"), (string)p["start_lr"], (string)p["end_lr"], (string)p["start_momentum"], (string)p["end_momentum"]))]
            : _phases;
        base.LoadStateDict(stateDict);
        _phases = phases;
    }
}
