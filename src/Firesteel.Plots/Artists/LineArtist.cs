using System.Text;

namespace Firesteel.Plots.Artists;

/// <summary>A curve through points, broken where a value cannot be drawn, with a marker at each point if wanted.</summary>
internal sealed class LineArtist(double[] xs, double[] ys, LineStyle style, MarkerStyle? marker, string? label) : Artist
{
    // Above this many points, those that share a column of pixels are drawn as the strokes they amount to.
    private const int ThinAbove = 4000;

    public override int Order => 3;

    public override IEnumerable<LegendEntry> Legend =>
        label is null ? [] : [new LegendEntry(label, (svg, box) =>
        {
            style.DrawKey(svg, box);
            marker?.DrawKey(svg, box, style.Color);
        })];

    public override void Measure(DataRange x, DataRange y)
    {
        for (var i = 0; i < xs.Length; i++)
        {
            if (!double.IsFinite(xs[i]) || !double.IsFinite(ys[i]))
                continue;
            x.Add(xs[i]);
            y.Add(ys[i]);
        }
    }

    public override void Draw(SvgWriter svg, Axis x, Axis y)
    {
        style.Draw(svg, Path(x, y));
        if (marker is null)
            return;
        marker.Open(svg, style.Color);
        foreach (var (px, py) in Points(x, y))
            if (!double.IsNaN(py))
                marker.DrawAt(svg, px, py);
        svg.Close("g");
    }

    public override IEnumerable<(double X, double Y)> Occupied(Axis x, Axis y)
    {
        var (lastX, lastY) = (double.NaN, double.NaN);
        foreach (var (px, py) in Points(x, y))
        {
            // A long stroke hides as much as many points do.
            var parts = double.IsNaN(lastY) || double.IsNaN(py) ? 1 : (int)Math.Clamp((Math.Abs(px - lastX) + Math.Abs(py - lastY)) / 8, 1, 200);
            for (var i = 1; i < parts; i++)
                yield return (lastX + ((px - lastX) * i / parts), lastY + ((py - lastY) * i / parts));
            if (!double.IsNaN(py))
                yield return (px, py);
            (lastX, lastY) = (px, py);
        }
    }

    /// <summary>The pixels of the points; both are NaN for one that cannot be drawn.</summary>
    private IEnumerable<(double X, double Y)> Points(Axis x, Axis y)
    {
        for (var i = 0; i < xs.Length; i++)
        {
            var (px, py) = (x.Map(xs[i]), y.Map(ys[i]));
            yield return double.IsNaN(px) || double.IsNaN(py) ? (double.NaN, double.NaN) : (px, py);
        }
    }

    private string Path(Axis x, Axis y)
    {
        var path = new StringBuilder();
        var pen = false;
        var dot = "";
        foreach (var (px, py) in xs.Length > ThinAbove ? Thin(Points(x, y)) : Points(x, y))
        {
            if (double.IsNaN(py))
            {
                path.Append(dot);
                (pen, dot) = (false, "");
                continue;
            }
            path.Append(pen ? 'L' : 'M').Append(SvgWriter.Number(px)).Append(' ').Append(SvgWriter.Number(py));
            // A point between two gaps: a stroke without length shows as a dot, since the ends are round.
            dot = pen ? "" : "h0";
            pen = true;
        }
        return path.Append(dot).ToString();
    }

    /// <summary>Keeps the first, lowest, highest and last of the points in each column of pixels.</summary>
    private static IEnumerable<(double X, double Y)> Thin(IEnumerable<(double X, double Y)> points)
    {
        var column = new List<(double X, double Y)>();
        foreach ((double X, double Y) point in points.Append((double.NaN, double.NaN)))
        {
            if (column.Count > 0 && !(Math.Floor(point.X) == Math.Floor(column[0].X)))
            {
                var (low, high) = (0, 0);
                for (var i = 1; i < column.Count; i++)
                {
                    low = column[i].Y < column[low].Y ? i : low;
                    high = column[i].Y > column[high].Y ? i : high;
                }
                foreach (var i in new SortedSet<int> { 0, low, high, column.Count - 1 })
                    yield return column[i];
                column.Clear();
            }
            if (double.IsNaN(point.Y))
                yield return point;
            else
                column.Add(point);
        }
    }
}
