namespace Firesteel.Optim;

/// <summary>Lets the learning rate go up and down between two bounds, and the momentum the other way (<c>CyclicLR</c>). Step it after every batch.</summary>
public sealed class CyclicLR : LRScheduler
{
    private readonly Func<double, double>? _scaleFn;

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
        : base(optimizer, [])
    {
        if (scaleFn is null && mode is not ("triangular" or "triangular2" or "exp_range")) throw new ArgumentException("mode is invalid and scale_fn is None", nameof(mode));
        if (cycleMomentum && !optimizer.Defaults.ContainsKey("momentum")) throw new ArgumentException("optimizer must support momentum with `cycle_momentum` option enabled");
        double up = stepSizeUp, down = stepSizeDown ?? stepSizeUp;
        _scaleFn = scaleFn;
        Settings.Add("max_lrs", ForGroups("max_lr", optimizer, [maxLr]));
        Settings.Add("total_size", up + down);
        Settings.Add("step_ratio", up / (up + down));
        Settings.Add("mode", mode);
        Settings.Add("gamma", gamma);
        Settings.Add("scale_mode", scaleFn is not null ? scaleMode : mode == "exp_range" ? "iterations" : "cycle");
        Settings.Add("cycle_momentum", cycleMomentum);
        if (cycleMomentum)
        {
            Settings.Add("base_momentums", ForGroups("base_momentum", optimizer, [baseMomentum]));
            Settings.Add("max_momentums", ForGroups("max_momentum", optimizer, [maxMomentum]));
        }
        if (lastEpoch == -1) foreach (var group in optimizer.ParamGroups) group.Lr = baseLr;
        Begin(lastEpoch);
        BaseLrs = ForGroups("base_lr", optimizer, [baseLr]);
    }

    private double Scale(double x) => _scaleFn is not null ? _scaleFn(x) : Settings.Text("mode") switch
    {
        "triangular" => 1,
        "triangular2" => 1 / Math.Pow(2, x - 1),
        _ => Math.Pow(Settings.Number("gamma"), x),
    };

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr()
    {
        double totalSize = Settings.Number("total_size"), stepRatio = Settings.Number("step_ratio");
        double cycle = Math.Floor(1 + LastEpoch / totalSize);
        double x = 1 + LastEpoch / totalSize - cycle;
        double height = x <= stepRatio ? x / stepRatio : (x - 1) / (stepRatio - 1);
        double scale = Scale(Settings.Text("scale_mode") == "cycle" ? cycle : LastEpoch);
        if (Settings.Flag("cycle_momentum"))
        {
            double[] low = Settings.Numbers("base_momentums"), high = Settings.Numbers("max_momentums");
            for (int i = 0; i < Optimizer.ParamGroups.Count; i++) Optimizer.ParamGroups[i].Momentum = high[i] - (high[i] - low[i]) * height * scale;
        }
        double[] maxLrs = Settings.Numbers("max_lrs");
        return [.. BaseLrs.Select((lr, i) => lr + (maxLrs[i] - lr) * height * scale)];
    }
}
