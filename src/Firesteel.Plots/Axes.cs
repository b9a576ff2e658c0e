using System.Numerics;
using Firesteel.Plots.Artists;

namespace Firesteel.Plots;

/// <summary>
/// One coordinate system with its curves, points and images, its title, labels and legend: matplotlib's <c>Axes</c>.
/// A <see cref="Figure"/> is its own first axes; further ones are at <c>figure[row, column]</c>.
/// </summary>
/// <remarks>
/// Data may be an array, a list, a span or any sequence of numbers, and are copied when given. Values that are not finite
/// are left out; a curve has a gap there.
/// </remarks>
public partial class Axes
{
    private readonly List<Artist> artists = [];
    private int nextColor;

    internal Axes()
    {
    }

    internal IReadOnlyList<Artist> Artists => artists;

    internal AxisSettings X { get; } = new();

    internal AxisSettings Y { get; } = new();

    internal string? TitleText { get; private set; }

    internal string? LegendPlace { get; private set; }

    internal bool? GridWanted { get; private set; }

    internal bool Frame { get; private set; } = true;

    internal bool EqualScale { get; private set; }

    internal (bool Wanted, string? Label) ColorbarSettings { get; private set; }

    /// <summary>Sets the title above the axes: <c>ax.set_title</c>. Long titles are broken into lines.</summary>
    public void Title(string text) => TitleText = text;

    /// <summary>Sets the text below the x axis: <c>ax.set_xlabel</c>.</summary>
    public void XLabel(string text) => X.Label = text;

    /// <summary>Sets the text beside the y axis: <c>ax.set_ylabel</c>.</summary>
    public void YLabel(string text) => Y.Label = text;

    /// <summary>Sets the limits of the x axis: <c>ax.set_xlim</c>. With <paramref name="left"/> &gt; <paramref name="right"/> the axis runs backwards.</summary>
    /// <exception cref="ArgumentException">A limit is not finite, or both are the same.</exception>
    public void XLim(double left, double right) => X.SetLimits(left, right, nameof(XLim));

    /// <summary>Sets the limits of the y axis: <c>ax.set_ylim</c>. With <paramref name="bottom"/> &gt; <paramref name="top"/> the axis runs downwards.</summary>
    /// <exception cref="ArgumentException">A limit is not finite, or both are the same.</exception>
    public void YLim(double bottom, double top) => Y.SetLimits(bottom, top, nameof(YLim));

    /// <summary>Sets the scale of the x axis, <c>"linear"</c> or <c>"log"</c>: <c>ax.set_xscale</c>. On a logarithmic axis values that are not positive are left out.</summary>
    /// <exception cref="ArgumentException">Another scale.</exception>
    public void XScale(string scale) => X.SetScale(scale, nameof(XScale));

    /// <summary>Sets the scale of the y axis, <c>"linear"</c> or <c>"log"</c>: <c>ax.set_yscale</c>. On a logarithmic axis values that are not positive are left out.</summary>
    /// <exception cref="ArgumentException">Another scale.</exception>
    public void YScale(string scale) => Y.SetScale(scale, nameof(YScale));

    /// <summary>Sets the ticks of the x axis, and what is written at them if not their numbers: <c>ax.set_xticks</c>.</summary>
    /// <exception cref="ArgumentException">The numbers of positions and labels differ.</exception>
    public void XTicks<T>(IEnumerable<T> positions, IEnumerable<string>? labels = null)
        where T : INumber<T> => X.SetTicks(Columns.From(positions, nameof(positions)), labels, nameof(XTicks));

    /// <summary>Sets the ticks of the y axis, and what is written at them if not their numbers: <c>ax.set_yticks</c>.</summary>
    /// <exception cref="ArgumentException">The numbers of positions and labels differ.</exception>
    public void YTicks<T>(IEnumerable<T> positions, IEnumerable<string>? labels = null)
        where T : INumber<T> => Y.SetTicks(Columns.From(positions, nameof(positions)), labels, nameof(YTicks));

    /// <summary>Shows or hides the lines behind the data: <c>ax.grid</c>. Without this call they show, unless there is an image.</summary>
    public void Grid(bool visible = true) => GridWanted = visible;

    /// <summary>Hides frame, ticks and tick labels: <c>ax.set_axis_off</c>.</summary>
    public void AxisOff() => Frame = false;

    /// <summary>Makes one unit as long on both axes (<c>"equal"</c>) or fills the space (<c>"auto"</c>): <c>ax.set_aspect</c>.</summary>
    /// <exception cref="ArgumentException">Another aspect.</exception>
    public void Aspect(string aspect) => EqualScale = aspect switch
    {
        "equal" => true,
        "auto" => false,
        _ => throw new ArgumentException($"{nameof(Aspect)}: unknown aspect '{aspect}'. Known are equal, auto.", nameof(aspect)),
    };

    /// <summary>
    /// Shows the labels given to curves, points and bars: <c>ax.legend</c>. <paramref name="loc"/> is matplotlib's:
    /// <c>"best"</c> (where it hides least), <c>"upper right"</c>, <c>"lower left"</c>, <c>"center"</c> and so on.
    /// </summary>
    /// <exception cref="ArgumentException">Another place.</exception>
    public void Legend(string loc = "best")
    {
        if (loc != "best" && !LegendBox.Places.Contains(loc))
            throw new ArgumentException($"{nameof(Legend)}: unknown place '{loc}'. Known are best, {string.Join(", ", LegendBox.Places)}.", nameof(loc));
        LegendPlace = loc;
    }

    /// <summary>Shows beside the axes what the colours of the last image, heat map or colour mesh mean: <c>fig.colorbar</c>.</summary>
    /// <exception cref="InvalidOperationException">There is none on these axes.</exception>
    public void Colorbar(string? label = null)
    {
        if (!artists.OfType<ImageArtist>().Any(a => a.Scale is not null))
            throw new InvalidOperationException($"{nameof(Colorbar)}: these axes hold no image with a colormap; call ImShow, HeatMap or PColorMesh first.");
        ColorbarSettings = (true, label);
    }

    /// <summary>Draws a line across the axes at height <paramref name="y"/>: <c>ax.axhline</c>.</summary>
    /// <exception cref="ArgumentException">An unknown colour or line style.</exception>
    public void AxHLine(double y, string color = "0.4", string linestyle = "--", double linewidth = 1.0, string? label = null) =>
        artists.Add(new ReferenceLineArtist(y, horizontal: true, LineStyle.Parse(Rgb.Parse(color), linewidth, linestyle, 1), label));

    /// <summary>Draws a line up the axes at <paramref name="x"/>: <c>ax.axvline</c>.</summary>
    /// <exception cref="ArgumentException">An unknown colour or line style.</exception>
    public void AxVLine(double x, string color = "0.4", string linestyle = "--", double linewidth = 1.0, string? label = null) =>
        artists.Add(new ReferenceLineArtist(x, horizontal: false, LineStyle.Parse(Rgb.Parse(color), linewidth, linestyle, 1), label));

    private Rgb ColorOrNext(string? color) => color is null ? Rgb.Cycle(nextColor++) : Rgb.Parse(color);
}
