using System.Numerics;
using Firesteel.Plots.Artists;

namespace Firesteel.Plots;

// Curves.
public partial class Axes
{
    /// <summary>Draws a curve through the values, at x = 0, 1, 2, ...: <c>ax.plot(y)</c>.</summary>
    /// <inheritdoc cref="Plot{TX, TY}(IEnumerable{TX}, IEnumerable{TY}, string?, string?, string, double, string?, double, double)"/>
    public void Plot<T>(IEnumerable<T> y, string? color = null, string? label = null, string linestyle = "-",
        double linewidth = 1.5, string? marker = null, double markersize = 6, double alpha = 1)
        where T : INumber<T>
    {
        var ys = Columns.From(y, nameof(y));
        AddLine(Columns.Count(ys.Length), ys, color, label, linestyle, linewidth, marker, markersize, alpha);
    }

    /// <inheritdoc cref="Plot{T}(IEnumerable{T}, string?, string?, string, double, string?, double, double)"/>
    public void Plot<T>(ReadOnlySpan<T> y, string? color = null, string? label = null, string linestyle = "-",
        double linewidth = 1.5, string? marker = null, double markersize = 6, double alpha = 1)
        where T : INumber<T> =>
        AddLine(Columns.Count(y.Length), Columns.From(y), color, label, linestyle, linewidth, marker, markersize, alpha);

    /// <summary>Draws a curve through points: <c>ax.plot(x, y)</c>.</summary>
    /// <param name="x">The horizontal positions.</param>
    /// <param name="y">The values, as many as there are positions.</param>
    /// <param name="color">A letter, a CSS name, <c>C0</c> to <c>C9</c> or a hexadecimal code; null takes the next of ten.</param>
    /// <param name="label">What the legend says.</param>
    /// <param name="linestyle"><c>"-"</c>, <c>"--"</c>, <c>":"</c>, <c>"-."</c>, or <c>"none"</c> for markers alone.</param>
    /// <param name="linewidth">In points.</param>
    /// <param name="marker"><c>"o"</c>, <c>"."</c>, <c>"s"</c>, <c>"^"</c>, <c>"v"</c>, <c>"D"</c>, <c>"x"</c>, <c>"+"</c>, or null for none.</param>
    /// <param name="markersize">The marker's diameter in points.</param>
    /// <param name="alpha">From 0 (invisible) to 1 (opaque).</param>
    /// <exception cref="ArgumentException">The lengths differ; a colour, style or marker is unknown; a size or alpha makes no sense.</exception>
    public void Plot<TX, TY>(IEnumerable<TX> x, IEnumerable<TY> y, string? color = null, string? label = null, string linestyle = "-",
        double linewidth = 1.5, string? marker = null, double markersize = 6, double alpha = 1)
        where TX : INumber<TX>
        where TY : INumber<TY> =>
        AddLine(Columns.From(x, nameof(x)), Columns.From(y, nameof(y)), color, label, linestyle, linewidth, marker, markersize, alpha);

    /// <inheritdoc cref="Plot{TX, TY}(IEnumerable{TX}, IEnumerable{TY}, string?, string?, string, double, string?, double, double)"/>
    public void Plot<TX, TY>(ReadOnlySpan<TX> x, ReadOnlySpan<TY> y, string? color = null, string? label = null, string linestyle = "-",
        double linewidth = 1.5, string? marker = null, double markersize = 6, double alpha = 1)
        where TX : INumber<TX>
        where TY : INumber<TY> =>
        AddLine(Columns.From(x), Columns.From(y), color, label, linestyle, linewidth, marker, markersize, alpha);

    /// <summary>Fills the area between two curves, as for an uncertainty: <c>ax.fill_between</c>.</summary>
    /// <exception cref="ArgumentException">The lengths differ, the colour is unknown, or alpha is outside 0 to 1.</exception>
    public void FillBetween<TX, TY1, TY2>(IEnumerable<TX> x, IEnumerable<TY1> y1, IEnumerable<TY2> y2, string? color = null, string? label = null, double alpha = 0.25)
        where TX : INumber<TX>
        where TY1 : INumber<TY1>
        where TY2 : INumber<TY2>
    {
        var (xs, lower, upper) = (Columns.From(x, nameof(x)), Columns.From(y1, nameof(y1)), Columns.From(y2, nameof(y2)));
        Columns.RequireSameLength(nameof(FillBetween), "x", xs.Length, "y1", lower.Length);
        Columns.RequireSameLength(nameof(FillBetween), "x", xs.Length, "y2", upper.Length);
        artists.Add(new BandArtist(xs, lower, upper, ColorOrNext(color), Alphas.Check(alpha), label));
    }

    private void AddLine(double[] x, double[] y, string? color, string? label, string linestyle, double linewidth,
        string? marker, double markersize, double alpha)
    {
        Columns.RequireSameLength(nameof(Plot), "x", x.Length, "y", y.Length);
        var mark = marker is null or "" ? null : MarkerStyle.Parse(marker, markersize, alpha);
        // Everything that can be wrong is looked at before the next colour is taken.
        var style = LineStyle.Parse(default, linewidth, linestyle, alpha);
        artists.Add(new LineArtist(x, y, style with { Color = ColorOrNext(color) }, mark, label));
    }
}
