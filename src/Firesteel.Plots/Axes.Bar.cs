using System.Numerics;
using Firesteel.Plots.Artists;

namespace Firesteel.Plots;

// Bars.
public partial class Axes
{
    /// <summary>Draws an upright bar of each height, centred on its x: <c>ax.bar(x, height)</c>.</summary>
    /// <exception cref="ArgumentException">The lengths differ, the width is not positive, the colour is unknown, or alpha is outside 0 to 1.</exception>
    public void Bar<TX, TY>(IEnumerable<TX> x, IEnumerable<TY> height, double width = 0.8, string? color = null, string? label = null, double alpha = 1)
        where TX : INumber<TX>
        where TY : INumber<TY> => AddBars(Columns.From(x, nameof(x)), Columns.From(height, nameof(height)), width, color, label, alpha);

    /// <summary>Draws an upright bar for each category, with its name below it: <c>ax.bar(names, height)</c>.</summary>
    /// <exception cref="ArgumentException">The lengths differ, the width is not positive, the colour is unknown, or alpha is outside 0 to 1.</exception>
    public void Bar<TY>(IEnumerable<string> categories, IEnumerable<TY> height, double width = 0.8, string? color = null, string? label = null, double alpha = 1)
        where TY : INumber<TY>
    {
        ArgumentNullException.ThrowIfNull(categories);
        var names = categories.ToArray();
        var positions = Columns.Count(names.Length);
        AddBars(positions, Columns.From(height, nameof(height)), width, color, label, alpha);
        X.SetTicks(positions, names, nameof(Bar));
    }

    /// <summary>Counts the finite values in equal bins between the least and the greatest, and draws the counts: <c>ax.hist</c>.</summary>
    /// <exception cref="ArgumentException">Fewer than one bin, the colour is unknown, or alpha is outside 0 to 1.</exception>
    public void Hist<T>(IEnumerable<T> x, int bins = 10, string? color = null, string? label = null, double alpha = 1)
        where T : INumber<T> => AddHistogram(Columns.From(x, nameof(x)), bins, color, label, alpha);

    /// <inheritdoc cref="Hist{T}(IEnumerable{T}, int, string?, string?, double)"/>
    public void Hist<T>(ReadOnlySpan<T> x, int bins = 10, string? color = null, string? label = null, double alpha = 1)
        where T : INumber<T> => AddHistogram(Columns.From(x), bins, color, label, alpha);

    private void AddBars(double[] x, double[] height, double width, string? color, string? label, double alpha)
    {
        Columns.RequireSameLength(nameof(Bar), "x", x.Length, "height", height.Length);
        if (!(width > 0) || double.IsInfinity(width))
            throw new ArgumentException($"{nameof(Bar)}: width is {width}; it must be positive.", nameof(width));
        artists.Add(new BarArtist([.. x.Select(v => v - (width / 2))], [.. x.Select(v => v + (width / 2))], height,
            ColorOrNext(color), Alphas.Check(alpha), label, touching: false));
    }

    private void AddHistogram(double[] values, int bins, string? color, string? label, double alpha)
    {
        if (bins < 1)
            throw new ArgumentException($"{nameof(Hist)}: bins is {bins}; at least one is needed.", nameof(bins));
        var (edges, counts) = Histogram.Count(values, bins);
        artists.Add(new BarArtist(edges[..^1], edges[1..], counts, ColorOrNext(color), Alphas.Check(alpha), label, touching: true));
    }
}
