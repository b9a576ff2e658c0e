using Firesteel.Plots.Artists;

namespace Firesteel.Plots;

// The drawing, once everything has its place.
internal sealed partial class AxesRenderer
{
    private void DrawGrid(SvgWriter svg)
    {
        svg.Open("g", ("stroke", GridColor), ("stroke-width", "1"));
        foreach (var tick in x.Ticks.Where(t => t.IsMajor))
            Stroke(svg, x.Map(tick.Value), plot.Top, x.Map(tick.Value), plot.Bottom);
        foreach (var tick in y.Ticks.Where(t => t.IsMajor))
            Stroke(svg, plot.Left, y.Map(tick.Value), plot.Right, y.Map(tick.Value));
        svg.Close("g");
    }

    private void DrawData(SvgWriter svg)
    {
        // The name says where the path lies, so that two pictures on one page can share a name only if they agree on it.
        var name = "clip-" + string.Join('-', new[] { plot.Left, plot.Top, plot.Width, plot.Height }.Select(SvgWriter.Number));
        svg.Open("clipPath", ("id", name));
        svg.Rectangle(plot, "#000000");
        svg.Close("clipPath");
        svg.Open("g", ("clip-path", $"url(#{name})"));
        foreach (var artist in axes.Artists.OrderBy(a => a.Order))
            artist.Draw(svg, x, y);
        svg.Close("g");
    }

    private void DrawFrame(SvgWriter svg, bool closed)
    {
        svg.Open("g", ("stroke", FrameColor), ("stroke-width", "1"), ("stroke-linecap", "square"));
        Stroke(svg, plot.Left, plot.Bottom, plot.Right, plot.Bottom);
        Stroke(svg, plot.Left, plot.Top, plot.Left, plot.Bottom);
        if (closed)
        {
            Stroke(svg, plot.Left, plot.Top, plot.Right, plot.Top);
            Stroke(svg, plot.Right, plot.Top, plot.Right, plot.Bottom);
        }
        foreach (var tick in x.Ticks)
            Stroke(svg, x.Map(tick.Value), plot.Bottom, x.Map(tick.Value), plot.Bottom + (tick.IsMajor ? TickLength : TickLength / 2));
        foreach (var tick in y.Ticks)
            Stroke(svg, plot.Left - (tick.IsMajor ? TickLength : TickLength / 2), y.Map(tick.Value), plot.Left, y.Map(tick.Value));
        svg.Close("g");

        var below = plot.Bottom + TickLength + TickGap;
        foreach (var tick in x.Ticks.Where(t => t.IsMajor))
        {
            if (slanted)
                svg.Text(x.Map(tick.Value) + 4, below + (TickSize * 0.6), tick.Text, TickSize, "end", rotate: -Slant, exponent: tick.Exponent);
            else
                svg.Text(x.Map(tick.Value), below + (TickSize * 0.8), tick.Text, TickSize, exponent: tick.Exponent);
        }
        foreach (var tick in y.Ticks.Where(t => t.IsMajor))
            svg.Text(plot.Left - TickLength - TickGap, y.Map(tick.Value) + (TickSize * 0.36), tick.Text, TickSize, "end", exponent: tick.Exponent);
    }

    private void DrawTexts(SvgWriter svg)
    {
        var title = TextMetrics.Wrap(axes.TitleText, cell.Width - (2 * Outer), TitleSize);
        for (var i = 0; i < title.Count; i++)
        {
            // Over the plot, unless it is so long that it would stick out of the cell there.
            var half = TextMetrics.Width(title[i], TitleSize) / 2;
            var center = Within(plot.CenterX, cell.Left + Outer + half, cell.Right - Outer - half, cell.CenterX);
            svg.Text(center, plot.Top - 8 - ((title.Count - 1 - i) * TitleSize * LineSpacing), title[i], TitleSize, bold: true);
        }

        var below = TextMetrics.Wrap(axes.X.Label, cell.Width - (2 * Outer), LabelSize);
        for (var i = 0; i < below.Count; i++)
        {
            var half = TextMetrics.Width(below[i], LabelSize) / 2;
            var center = Within(plot.CenterX, cell.Left + Outer + half, cell.Right - Outer - half, cell.CenterX);
            svg.Text(center, plot.Bottom + labelsBelow + 5 + ((i + 0.8) * LabelSize * LineSpacing), below[i], LabelSize);
        }

        var beside = TextMetrics.Wrap(axes.Y.Label, cell.Height - (2 * Outer), LabelSize);
        for (var i = 0; i < beside.Count; i++)
            Upright(svg, plot.Left - labelsLeft - 5 - ((beside.Count - 1 - i + 0.3) * LabelSize * LineSpacing), beside[i]);
    }

    private void DrawColorbar(SvgWriter svg, ColorScale scale)
    {
        var bar = new Box(plot.Right + BarGap, plot.Top, BarWidth, plot.Height);
        colorAxis.Place(bar.Bottom, bar.Top);
        const int Steps = 256;
        var rgba = new byte[Steps * 4];
        for (var i = 0; i < Steps; i++)
        {
            var color = scale.Map.At((Steps - 1 - i) / (Steps - 1.0));
            (rgba[i * 4], rgba[(i * 4) + 1], rgba[(i * 4) + 2], rgba[(i * 4) + 3]) = (color.R, color.G, color.B, 255);
        }
        svg.Image(rgba, 1, Steps, bar, smooth: true);
        svg.Rectangle(bar, "none", FrameColor);
        foreach (var tick in colorAxis.Ticks.Where(t => t.IsMajor))
        {
            var at = colorAxis.Map(tick.Value);
            svg.Line(bar.Right, at, bar.Right + TickLength, at, FrameColor, 1);
            svg.Text(bar.Right + TickLength + TickGap, at + (TickSize * 0.36), tick.Text, TickSize, "start", exponent: tick.Exponent);
        }
        var lines = TextMetrics.Wrap(axes.ColorbarSettings.Label, cell.Height - (2 * Outer), LabelSize);
        for (var i = 0; i < lines.Count; i++)
            Upright(svg, bar.Right + TickLength + TickGap + Widest(colorAxis.Ticks) + 5 + ((i + 0.8) * LabelSize * LineSpacing), lines[i]);
    }

    private void Upright(SvgWriter svg, double at, string text)
    {
        var half = TextMetrics.Width(text, LabelSize) / 2;
        svg.Text(at, Within(plot.CenterY, cell.Top + Outer + half, cell.Bottom - Outer - half, cell.CenterY), text, LabelSize, rotate: -90);
    }

    private static double Within(double wanted, double low, double high, double otherwise) =>
        low <= high ? Math.Clamp(wanted, low, high) : otherwise;

    /// <summary>A line in the group's own colour and width.</summary>
    private static void Stroke(SvgWriter svg, double x1, double y1, double x2, double y2) =>
        svg.Element("line", ("x1", SvgWriter.Number(x1)), ("y1", SvgWriter.Number(y1)), ("x2", SvgWriter.Number(x2)), ("y2", SvgWriter.Number(y2)));
}
