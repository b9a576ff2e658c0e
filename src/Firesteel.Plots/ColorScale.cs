namespace Firesteel.Plots;

/// <summary>A colormap and the values that its two ends stand for.</summary>
internal sealed record ColorScale(Colormap Map, double Low, double High)
{
    /// <summary>A scale from <paramref name="low"/> to <paramref name="high"/>; what is not given is taken from the finite values.</summary>
    public static ColorScale For(Colormap map, ReadOnlySpan<double> values, double? low, double? high)
    {
        if (low is { } l && !double.IsFinite(l))
            throw new ArgumentException($"vmin is {l}; it must be finite.", nameof(low));
        if (high is { } h && !double.IsFinite(h))
            throw new ArgumentException($"vmax is {h}; it must be finite.", nameof(high));
        if (low > high)
            throw new ArgumentException($"vmin ({low}) is greater than vmax ({high}); to turn the colours round, add '_r' to the colormap's name.", nameof(low));
        var (min, max) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values)
        {
            if (!double.IsFinite(value))
                continue;
            min = Math.Min(min, value);
            max = Math.Max(max, value);
        }
        if (min > max)
            (min, max) = (0, 1);
        return new ColorScale(map, low ?? Math.Min(min, high ?? min), high ?? Math.Max(max, low ?? max));
    }

    public Rgb At(double value) =>
        Map.At(High > Low ? ((value / 2) - (Low / 2)) / ((High / 2) - (Low / 2)) : value < Low ? 0 : value > High ? 1 : 0);
}
