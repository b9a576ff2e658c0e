using Firesteel.Plots.Artists;

namespace Firesteel.Plots;

/// <summary>The box with the labels of what is on the axes.</summary>
internal static class LegendBox
{
    private const double FontSize = 12.5;
    private const double LineHeight = 20;
    private const double KeyWidth = 26;
    private const double Padding = 8;
    private const double Distance = 10;

    /// <summary>matplotlib's places, in the order in which "best" prefers them.</summary>
    public static readonly string[] Places =
    [
        "upper right", "upper left", "lower left", "lower right",
        "center right", "center left", "upper center", "lower center", "center",
    ];

    public static void Draw(SvgWriter svg, Axes axes, Axis x, Axis y, Box plot)
    {
        var entries = axes.Artists.SelectMany(a => a.Legend).ToList();
        if (entries.Count == 0)
            return;
        // Legends longer than the axes are high go on in a second column.
        var perColumn = Math.Max(1, (int)((plot.Height - (2 * Distance) - (2 * Padding)) / LineHeight));
        var columns = (entries.Count + perColumn - 1) / perColumn;
        perColumn = (entries.Count + columns - 1) / columns;
        var widest = Math.Max(40, (plot.Width - (2 * Distance)) / columns - KeyWidth - 8 - (2 * Padding));
        var labels = entries.Select(e => TextMetrics.Shorten(e.Label, widest, FontSize)).ToList();
        var columnWidth = KeyWidth + 8 + labels.Max(l => TextMetrics.Width(l, FontSize)) + Padding;
        var (width, height) = ((columnWidth * columns) + Padding, (perColumn * LineHeight) + (2 * Padding) - 4);
        var place = axes.LegendPlace == "best" ? Best(axes, x, y, plot, width, height) : axes.LegendPlace!;
        var box = Place(place, plot, width, height);

        svg.Rectangle(box, "#ffffff", "#d5d9e0", "4", 0.9);
        for (var i = 0; i < entries.Count; i++)
        {
            var left = box.Left + Padding + (i / perColumn * columnWidth);
            var middle = box.Top + Padding - 2 + ((i % perColumn + 0.5) * LineHeight);
            entries[i].DrawKey(svg, new Box(left, middle - (LineHeight / 2), KeyWidth, LineHeight));
            svg.Text(left + KeyWidth + 8, middle + (FontSize * 0.35), labels[i], FontSize, "start");
        }
    }

    private static string Best(Axes axes, Axis x, Axis y, Box plot, double width, double height)
    {
        var boxes = Places.Select(p => Place(p, plot, width, height)).ToArray();
        var hidden = new int[boxes.Length];
        foreach (var artist in axes.Artists)
            foreach (var (px, py) in artist.Occupied(x, y))
                for (var i = 0; i < boxes.Length; i++)
                    hidden[i] += boxes[i].Contains(px, py) ? 1 : 0;
        return Places[Array.IndexOf(hidden, hidden.Min())];
    }

    private static Box Place(string place, Box plot, double width, double height)
    {
        var left = place.Contains("left", StringComparison.Ordinal) ? plot.Left + Distance
            : place.Contains("right", StringComparison.Ordinal) ? plot.Right - Distance - width
            : plot.CenterX - (width / 2);
        var top = place.StartsWith("upper", StringComparison.Ordinal) ? plot.Top + Distance
            : place.StartsWith("lower", StringComparison.Ordinal) ? plot.Bottom - Distance - height
            : plot.CenterY - (height / 2);
        return new Box(left, top, width, height);
    }
}
