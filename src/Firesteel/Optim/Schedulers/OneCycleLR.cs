namespace Firesteel.Optim;

/// <summary>One rise of the learning rate to a maximum and a long fall far below its start, with the momentum the other way (<c>OneCycleLR</c>). Step it after every batch.</summary>
public sealed class OneCycleLR : LRScheduler
{
    private readonly record struct Phase(double End, string StartLr, string EndLr, string StartMomentum, string EndMomentum);

    private readonly Phase[] _phases;
    private readonly long _totalSteps;
    private readonly bool _cosine, _cycleMomentum, _useBeta1;

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
        : base(optimizer)
    {
        _totalSteps = totalSteps ?? (epochs is { } e && stepsPerEpoch is { } s ? e * s : throw new ArgumentException("You must define either total_steps OR (epochs AND steps_per_epoch)"));
        if (_totalSteps <= 0) throw new ArgumentException($"Expected positive integer total_steps, but got {_totalSteps}");
        if (!(pctStart is >= 0 and <= 1)) throw new ArgumentException($"Expected float between 0 and 1 pct_start, but got {pctStart}", nameof(pctStart));
        if (annealStrategy is not ("cos" or "linear")) throw new ArgumentException($"anneal_strategy must by one of 'cos' or 'linear', instead got {annealStrategy}", nameof(annealStrategy));
        _cosine = annealStrategy == "cos";
        var rise = new Phase(pctStart * _totalSteps - 1, "initial_lr", "max_lr", "max_momentum", "base_momentum");
        _phases = threePhase
            ? [rise, new(2 * pctStart * _totalSteps - 2, "max_lr", "initial_lr", "base_momentum", "max_momentum"), new(_totalSteps - 1, "initial_lr", "min_lr", "max_momentum", "max_momentum")]
            : [rise, new(_totalSteps - 1, "max_lr", "min_lr", "base_momentum", "max_momentum")];
        _cycleMomentum = cycleMomentum;
        _useBeta1 = optimizer.Defaults.ContainsKey("betas");
        if (cycleMomentum && !_useBeta1 && !optimizer.Defaults.ContainsKey("momentum")) throw new ArgumentException("optimizer must support momentum with `cycle_momentum` option enabled");
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
        if (LastEpoch > _totalSteps) throw new InvalidOperationException($"Tried to step {LastEpoch + 1} times. The specified number of total steps is {_totalSteps}");
        double start = 0;
        int at = 0;
        for (; at < _phases.Length - 1 && LastEpoch > _phases[at].End; at++) start = _phases[at].End;
        var phase = _phases[at];
        double part = (LastEpoch - start) / (phase.End - start);
        var rates = new List<double>();
        foreach (var group in Optimizer.ParamGroups)
        {
            rates.Add(Between(group.Number(phase.StartLr), group.Number(phase.EndLr), part));
            if (_cycleMomentum) SetMomentum(group, Between(group.Number(phase.StartMomentum), group.Number(phase.EndMomentum), part));
        }
        return rates;
    }

    private double Between(double start, double end, double part) => _cosine ? end + (start - end) / 2 * (Math.Cos(Math.PI * part) + 1) : (end - start) * part + start;

    private void SetMomentum(ParameterGroup group, double momentum)
    {
        if (_useBeta1) group.Betas = (momentum, group.Betas.Beta2);
        else group.Momentum = momentum;
    }
}
