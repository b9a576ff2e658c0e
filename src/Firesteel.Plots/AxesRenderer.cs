using System.Globalization;
using Firesteel.Plots.Artists;

namespace Firesteel.Plots;

/// <summary>Divides the rectangle of one axes between its texts and its data, and draws it.</summary>
internal sealed partial class AxesRenderer
{
    private const double TickSize = 12;
    private const double LabelSize = 14;
    private const double TitleSize = 16;
    private const double LineSpacing = 1.25;
    private const double Outer = 14;
    private const double TickLength = 4;
    private const double TickGap = 5;
    private const double BarWidth = 16;
    private const double BarGap = 14;
    private const double Slant = 40;
    private const string FrameColor = "#8a93a1";
    private const string GridColor = "#e8ebf0";

    private readonly Axes axes;
    private readonly Box cell;
    private readonly Axis x;
    private readonly Axis y;
    private readonly (bool X, bool Y) wholeNumbers;
    private readonly ColorScale? colors;
    private readonly Axis colorAxis;
    private bool slanted;
    private double labelsBelow;
    private double labelsLeft;
    private Box plot;

    public AxesRenderer(Axes axes, Box cell)
    {
        (this.axes, this.cell) = (axes, cell);
        var (rangeX, rangeY) = (new DataRange(axes.X.Log), new DataRange(axes.Y.Log));
        foreach (var artist in axes.Artists)
            artist.Measure(rangeX, rangeY);
        x = MakeAxis(axes.X, rangeX, downwards: false);
        // An image has its first row on top.
        y = MakeAxis(axes.Y, rangeY, axes.Artists.OfType<ImageArtist>().Any(a => a.Downwards));
        var any = axes.Artists.Count > 0;
        wholeNumbers = (any && rangeX.WholeNumbers, any && rangeY.WholeNumbers);
        if (axes.ColorbarSettings.Wanted)
            colors = axes.Artists.OfType<ImageArtist>().Last(a => a.Scale is not null).Scale;
        var rangeColors = new DataRange(log: false);
        rangeColors.AddEdge(colors?.Low ?? 0);
        rangeColors.AddEdge(colors?.High ?? 1);
        var (low, high) = rangeColors.Limits();
        colorAxis = new Axis(low, high, log: false);
    }

    public void Draw(SvgWriter svg)
    {
        Arrange();
        var hasImage = axes.Artists.Any(a => a is ImageArtist or ImageGridArtist);
        if (axes.Frame && !hasImage)
            svg.Rectangle(plot, "#fcfcfd");
        if (axes.Frame && (axes.GridWanted ?? !hasImage))
            DrawGrid(svg);
        DrawData(svg);
        if (axes.Frame)
            DrawFrame(svg, hasImage);
        DrawTexts(svg);
        if (colors is not null)
            DrawColorbar(svg, colors);
        if (axes.LegendPlace is not null)
            LegendBox.Draw(svg, axes, x, y, plot);
    }

    private static Axis MakeAxis(AxisSettings settings, DataRange range, bool downwards)
    {
        var (low, high) = range.Limits();
        if (downwards)
            (low, high) = (high, low);
        (low, high) = settings.Limits ?? (low, high);
        if (settings.Log && (low <= 0 || high <= 0))
            throw new InvalidOperationException($"The limits {low} to {high} do not fit a logarithmic axis, which holds positive numbers only.");
        return new Axis(low, high, settings.Log);
    }

    /// <summary>The margins depend on the labels, the labels on the room left: a few rounds settle it.</summary>
    private void Arrange()
    {
        var titleLines = TextMetrics.Wrap(axes.TitleText, cell.Width - (2 * Outer), TitleSize).Count;
        var top = Outer + (titleLines * TitleSize * LineSpacing) + (titleLines > 0 ? 6 : 0);
        plot = new Box(cell.Left + 60, cell.Top + top, Math.Max(20, cell.Width - 80), Math.Max(20, cell.Height - top - 50));
        for (var round = 0; round < 4; round++)
        {
            x.Place(plot.Left, plot.Right);
            y.Place(plot.Bottom, plot.Top);
            FindTicks();
            labelsBelow = !axes.Frame ? 0 : slanted
                ? TickLength + TickGap + (Widest(x.Ticks) * Math.Sin(Slant * Math.PI / 180)) + TickSize
                : TickLength + TickGap + (TickSize * 1.1);
            var bottom = Outer + labelsBelow + LabelHeight(axes.X.Label, cell.Width - (2 * Outer));
            labelsLeft = !axes.Frame ? 0 : TickLength + TickGap + Widest(y.Ticks);
            var left = Outer + labelsLeft + LabelHeight(axes.Y.Label, cell.Height - (2 * Outer));
            var right = Outer + (colors is null ? 0 : BarGap + BarWidth + TickLength + TickGap + Widest(colorAxis.Ticks)
                + LabelHeight(axes.ColorbarSettings.Label, cell.Height - (2 * Outer)));
            if (axes.Frame)
                (left, right) = (Math.Max(left, Overhang(left: true)), Math.Max(right, Overhang(left: false)));
            plot = new Box(cell.Left + left, cell.Top + top, Math.Max(20, cell.Width - left - right), Math.Max(20, cell.Height - top - bottom));
            if (axes.EqualScale && !x.Log && !y.Log)
                plot = Shrink(plot);
        }
        x.Place(plot.Left, plot.Right);
        y.Place(plot.Bottom, plot.Top);
    }

    private static double Widest(IReadOnlyList<Tick> ticks) => ticks.Count == 0 ? 0 : ticks.Max(t => t.Width(TickSize));

    private static double LabelHeight(string? label, double room) =>
        TextMetrics.Wrap(label, room, LabelSize).Count is var lines and > 0 ? (lines * LabelSize * LineSpacing) + 5 : 0;

    /// <summary>How far from the cell's edge the plot must stay so that the labels at the ends of the x axis are not cut off.</summary>
    private double Overhang(bool left)
    {
        var needed = 0.0;
        foreach (var tick in x.Ticks)
        {
            var at = x.Map(tick.Value);
            if (double.IsNaN(at) || !tick.IsMajor)
                continue;
            var reach = slanted ? (left ? tick.Width(TickSize) * Math.Cos(Slant * Math.PI / 180) : 4) : tick.Width(TickSize) / 2;
            needed = Math.Max(needed, reach + 4 - (left ? at - plot.Left : plot.Right - at));
        }
        return needed;
    }

    private Box Shrink(Box room)
    {
        var (width, height) = (Math.Abs(x.High - x.Low), Math.Abs(y.High - y.Low));
        if (!double.IsFinite(width / height) || width / height is < 1e-3 or > 1e3)
            return room;
        var scale = Math.Min(room.Width / width, room.Height / height);
        return new Box(room.CenterX - (width * scale / 2), room.CenterY - (height * scale / 2), width * scale, height * scale);
    }

    private void FindTicks()
    {
        var (across, up) = ((int)(plot.Width / 52) + 1, (int)(plot.Height / 36) + 1);
        colorAxis.Ticks = TickFinder.Find(colorAxis.Low, colorAxis.High, false, up);
        y.Ticks = axes.Y.TickPositions is null
            ? TickFinder.Find(y.Low, y.High, y.Log, up, wholeNumbers.Y)
            : Thinned(Chosen(axes.Y, y, cell.Width * 0.4), ticks => Crowded(ticks, y, _ => TickSize * 1.15));
        slanted = false;
        if (axes.X.TickPositions is null)
        {
            do
                x.Ticks = TickFinder.Find(x.Low, x.High, x.Log, across, wholeNumbers.X);
            while (across-- > 2 && Crowded(x.Ticks, x, LabelWidth));
            return;
        }
        var chosen = Chosen(axes.X, x, cell.Height * 0.4);
        slanted = axes.X.TickLabels is not null && Crowded(chosen, x, LabelWidth);
        x.Ticks = Thinned(chosen, ticks => Crowded(ticks, x, slanted ? _ => TickSize * 1.3 : LabelWidth));
    }

    private static double LabelWidth(Tick tick) => tick.Width(TickSize) + 8;

    /// <summary>The ticks that the user chose, as far as they are within the limits.</summary>
    private static List<Tick> Chosen(AxisSettings settings, Axis axis, double widest)
    {
        var ticks = new List<Tick>();
        for (var i = 0; i < settings.TickPositions!.Length; i++)
        {
            var value = settings.TickPositions[i];
            if (!axis.Shows(value) || double.IsNaN(axis.Map(value)))
                continue;
            var text = settings.TickLabels?[i] ?? value.ToString("G6", CultureInfo.InvariantCulture).Replace('-', '\u2212');
            ticks.Add(new Tick(value, TextMetrics.Shorten(text, widest, TickSize)));
        }
        return ticks;
    }

    /// <summary>Every tick, or every second, third and so on until they are no longer crowded.</summary>
    private static List<Tick> Thinned(List<Tick> ticks, Func<List<Tick>, bool> crowded)
    {
        var result = ticks;
        for (var stride = 2; crowded(result); stride++)
            result = [.. ticks.Where((_, i) => i % stride == 0)];
        return result;
    }

    private static bool Crowded(IReadOnlyList<Tick> ticks, Axis axis, Func<Tick, double> size)
    {
        var major = ticks.Where(t => t.IsMajor).OrderBy(t => axis.Map(t.Value)).ToList();
        for (var i = 1; i < major.Count; i++)
            if (axis.Map(major[i].Value) - axis.Map(major[i - 1].Value) < (size(major[i]) + size(major[i - 1])) / 2)
                return true;
        return false;
    }
}
