namespace Firesteel.Optim;

/// <summary>Lets the learning rate go up and down between two bounds, and the momentum the other way (<c>CyclicLR</c>). Step it after every batch.</summary>
public sealed class CyclicLR : LRScheduler
{
    private readonly double[] _maxLrs, _baseMomentums = [], _maxMomentums = [];
    private readonly double _totalSize, _stepRatio;
    private readonly Func<double, double> _scale;
    private readonly bool _scaleByCycle, _cycleMomentum;

    /// <summary>A schedule between <paramref name="baseLr"/> and <paramref name="maxLr"/>, one value each for all groups.</summary>
    /// <param name="optimizer">Whose learning rates.</param>
    /// <param name="baseLr">The lower bound.</param>
    /// <param name="maxLr">The upper bound.</param>
    /// <param name="stepSizeUp">The number of steps from the lower to the upper bound.</param>
    /// <param name="stepSizeDown">The number of steps back; as many if not given.</param>
    /// <param name="mode"><c>"triangular"</c>, <c>"triangular2"</c> (halves the height every cycle) or <c>"exp_range"</c> (multiplies it by <paramref name="gamma"/> every step).</param>
    /// <param name="gamma">See <paramref name="mode"/>.</param>
    /// <param name="scaleFn">A function of the height in place of a mode.</param>
    /// <param name="scaleMode">Whether that gets the number of the <c>"cycle"</c> or of <c>"iterations"</c>.</param>
    /// <param name="cycleMomentum">Whether to change the momentum too.</param>
    /// <param name="baseMomentum">The lower bound of the momentum.</param>
    /// <param name="maxMomentum">The upper bound of the momentum.</param>
    /// <param name="lastEpoch">The step to go on after; -1 to begin.</param>
    /// <exception cref="ArgumentException">An unknown mode, or an optimizer without momentum.</exception>
    public CyclicLR(Optimizer optimizer, double baseLr, double maxLr, long stepSizeUp = 2000, long? stepSizeDown = null, string mode = "triangular", double gamma = 1, Func<double, double>? scaleFn = null,
        string scaleMode = "cycle", bool cycleMomentum = true, double baseMomentum = 0.8, double maxMomentum = 0.9, long lastEpoch = -1)
        : base(optimizer)
    {
        _maxLrs = ForGroups("max_lr", optimizer, [maxLr]);
        double up = stepSizeUp, down = stepSizeDown ?? stepSizeUp;
        _totalSize = up + down;
        _stepRatio = up / _totalSize;
        (_scale, _scaleByCycle) = (scaleFn, mode) switch
        {
            ({ } given, _) => (given, scaleMode == "cycle"),
            (_, "triangular") => (static _ => 1, true),
            (_, "triangular2") => (static x => 1 / Math.Pow(2, x - 1), true),
            (_, "exp_range") => (x => Math.Pow(gamma, x), false),
            _ => throw new ArgumentException("mode is invalid and scale_fn is None", nameof(mode)),
        };
        _cycleMomentum = cycleMomentum;
        if (cycleMomentum)
        {
            if (!optimizer.Defaults.ContainsKey("momentum")) throw new ArgumentException("optimizer must support momentum with `cycle_momentum` option enabled");
            _baseMomentums = ForGroups("base_momentum", optimizer, [baseMomentum]);
            _maxMomentums = ForGroups("max_momentum", optimizer, [maxMomentum]);
        }
        if (lastEpoch == -1) foreach (var group in optimizer.ParamGroups) group.Lr = baseLr;
        Begin(lastEpoch);
        BaseLrs = ForGroups("base_lr", optimizer, [baseLr]);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr()
    {
        double cycle = Math.Floor(1 + LastEpoch / _totalSize);
        double x = 1 + LastEpoch / _totalSize - cycle;
        double height = x <= _stepRatio ? x / _stepRatio : (x - 1) / (_stepRatio - 1);
        double scale = _scale(_scaleByCycle ? cycle : LastEpoch);
        if (_cycleMomentum)
        {
            for (int i = 0; i < Optimizer.ParamGroups.Count; i++) Optimizer.ParamGroups[i].Momentum = _maxMomentums[i] - (_maxMomentums[i] - _baseMomentums[i]) * height * scale;
        }
        return [.. BaseLrs.Select((lr, i) => lr + (_maxLrs[i] - lr) * height * scale)];
    }
}
