using System.Globalization;
using System.Numerics;
using Firesteel.Plots.Artists;

namespace Firesteel.Plots;

// Points.
public partial class Axes
{
    /// <summary>Draws a mark at each point: <c>ax.scatter(x, y)</c>.</summary>
    /// <param name="x">The horizontal positions.</param>
    /// <param name="y">The vertical positions, as many.</param>
    /// <param name="color">A letter, a CSS name, <c>C0</c> to <c>C9</c> or a hexadecimal code; null takes the next of ten.</param>
    /// <param name="label">What the legend says.</param>
    /// <param name="s">The mark's size in square points, as in matplotlib.</param>
    /// <param name="marker"><c>"o"</c>, <c>"."</c>, <c>"s"</c>, <c>"^"</c>, <c>"v"</c>, <c>"D"</c>, <c>"x"</c> or <c>"+"</c>.</param>
    /// <param name="alpha">From 0 (invisible) to 1 (opaque).</param>
    /// <exception cref="ArgumentException">The lengths differ; the colour or marker is unknown; a size or alpha makes no sense.</exception>
    public void Scatter<TX, TY>(IEnumerable<TX> x, IEnumerable<TY> y, string? color = null, string? label = null,
        double s = 36, string marker = "o", double alpha = 1)
        where TX : INumber<TX>
        where TY : INumber<TY> =>
        AddPoints(Columns.From(x, nameof(x)), Columns.From(y, nameof(y)), color, label, s, marker, alpha);

    /// <inheritdoc cref="Scatter{TX, TY}(IEnumerable{TX}, IEnumerable{TY}, string?, string?, double, string, double)"/>
    public void Scatter<TX, TY>(ReadOnlySpan<TX> x, ReadOnlySpan<TY> y, string? color = null, string? label = null,
        double s = 36, string marker = "o", double alpha = 1)
        where TX : INumber<TX>
        where TY : INumber<TY> =>
        AddPoints(Columns.From(x), Columns.From(y), color, label, s, marker, alpha);

    /// <summary>Draws a mark at each point in the colour of its class: <c>ax.scatter(x, y, c=classes)</c>. Each class gets a line in the legend.</summary>
    /// <param name="x">The horizontal positions.</param>
    /// <param name="y">The vertical positions, as many.</param>
    /// <param name="classes">The class of each point, as many.</param>
    /// <param name="labels">The names of the classes in rising order of their numbers; null writes <c>class 0</c> and so on.</param>
    /// <param name="colormap">Where the colours come from, evenly spaced; null takes <c>tab10</c>, or <c>viridis</c> for more than ten classes.</param>
    /// <param name="s">The mark's size in square points, as in matplotlib.</param>
    /// <param name="marker"><c>"o"</c>, <c>"."</c>, <c>"s"</c>, <c>"^"</c>, <c>"v"</c>, <c>"D"</c>, <c>"x"</c> or <c>"+"</c>.</param>
    /// <param name="alpha">From 0 (invisible) to 1 (opaque).</param>
    /// <exception cref="ArgumentException">Lengths differ; the marker or colormap is unknown; a size or alpha makes no sense.</exception>
    public void Scatter<TX, TY, TC>(IEnumerable<TX> x, IEnumerable<TY> y, IEnumerable<TC> classes, IReadOnlyList<string>? labels = null,
        string? colormap = null, double s = 36, string marker = "o", double alpha = 1)
        where TX : INumber<TX>
        where TY : INumber<TY>
        where TC : IBinaryInteger<TC>
    {
        ArgumentNullException.ThrowIfNull(classes);
        AddClasses(Columns.From(x, nameof(x)), Columns.From(y, nameof(y)), [.. classes.Select(long.CreateSaturating)], labels, colormap, s, marker, alpha);
    }

    /// <inheritdoc cref="Scatter{TX, TY, TC}(IEnumerable{TX}, IEnumerable{TY}, IEnumerable{TC}, IReadOnlyList{string}?, string?, double, string, double)"/>
    public void Scatter<TX, TY, TC>(ReadOnlySpan<TX> x, ReadOnlySpan<TY> y, ReadOnlySpan<TC> classes, IReadOnlyList<string>? labels = null,
        string? colormap = null, double s = 36, string marker = "o", double alpha = 1)
        where TX : INumber<TX>
        where TY : INumber<TY>
        where TC : IBinaryInteger<TC>
    {
        var numbers = new long[classes.Length];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = long.CreateSaturating(classes[i]);
        AddClasses(Columns.From(x), Columns.From(y), numbers, labels, colormap, s, marker, alpha);
    }

    private void AddPoints(double[] x, double[] y, string? color, string? label, double s, string marker, double alpha)
    {
        Columns.RequireSameLength(nameof(Scatter), "x", x.Length, "y", y.Length);
        var style = MarkerStyle.Parse(marker, Math.Sqrt(s), alpha);
        artists.Add(new ScatterArtist(x, y, style, [ColorOrNext(color)], null, [label]));
    }

    private void AddClasses(double[] x, double[] y, long[] classes, IReadOnlyList<string>? labels, string? colormap, double s, string marker, double alpha)
    {
        Columns.RequireSameLength(nameof(Scatter), "x", x.Length, "y", y.Length);
        Columns.RequireSameLength(nameof(Scatter), "x", x.Length, "classes", classes.Length);
        var distinct = classes.Distinct().Order().ToArray();
        if (labels is not null && labels.Count < distinct.Length)
            throw new ArgumentException($"{nameof(Scatter)}: {distinct.Length} classes occur ({string.Join(", ", distinct.Take(12))}) and there are {labels.Count} labels; every class needs one.", nameof(labels));
        // With a label for every class from 0 on, a class keeps its label even when another class does not occur.
        var byNumber = labels is not null && distinct.Length > 0 && distinct[0] >= 0 && distinct[^1] < labels.Count;
        var names = distinct.Select((c, i) => labels is null ? "class " + c.ToString(CultureInfo.InvariantCulture) : labels[byNumber ? (int)c : i]);
        var map = Colormap.Parse(colormap ?? "viridis");
        var colors = distinct.Select((c, i) => colormap is null && distinct.Length <= Rgb.CycleLength && distinct[^1] - distinct[0] < Rgb.CycleLength
            ? Rgb.Cycle(c)
            : colormap is null && distinct.Length <= Rgb.CycleLength ? Rgb.Cycle(i)
            : map.At(distinct.Length > 1 ? i / (distinct.Length - 1.0) : 0.5));
        var colorOf = classes.Select(c => Array.BinarySearch(distinct, c)).ToArray();
        artists.Add(new ScatterArtist(x, y, MarkerStyle.Parse(marker, Math.Sqrt(s), alpha), [.. colors], colorOf, [.. names]));
    }
}
