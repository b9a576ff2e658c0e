namespace Firesteel.Plots.Artists;

/// <summary>Marks at points, in one colour or in several.</summary>
internal sealed class ScatterArtist(double[] xs, double[] ys, MarkerStyle marker, Rgb[] colors, int[]? colorOf, string?[] labels) : Artist
{
    public override int Order => 2;

    public override IEnumerable<LegendEntry> Legend =>
        from i in Enumerable.Range(0, colors.Length)
        where labels[i] is not null
        select new LegendEntry(labels[i]!, (svg, box) => marker.DrawKey(svg, box, colors[i]));

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
        // In the order given, so that no class always lies on top; a new group only where the colour changes.
        var open = -1;
        for (var i = 0; i < xs.Length; i++)
        {
            var (px, py) = (x.Map(xs[i]), y.Map(ys[i]));
            if (double.IsNaN(px) || double.IsNaN(py))
                continue;
            var color = colorOf?[i] ?? 0;
            if (color != open)
            {
                if (open >= 0)
                    svg.Close("g");
                marker.Open(svg, colors[color]);
                open = color;
            }
            marker.DrawAt(svg, px, py);
        }
        if (open >= 0)
            svg.Close("g");
    }

    public override IEnumerable<(double X, double Y)> Occupied(Axis x, Axis y)
    {
        for (var i = 0; i < xs.Length; i++)
            if (x.Map(xs[i]) is var px && y.Map(ys[i]) is var py && !double.IsNaN(px) && !double.IsNaN(py))
                yield return (px, py);
    }
}
