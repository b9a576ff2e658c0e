namespace Firesteel.Plots.Artists;

/// <summary>Upright bars from zero, or from the foot of a logarithmic axis.</summary>
internal sealed class BarArtist(double[] lefts, double[] rights, double[] heights, Rgb color, double alpha, string? label, bool touching) : Artist
{
    public override int Order => 1;

    public override IEnumerable<LegendEntry> Legend =>
        label is null ? [] : [new LegendEntry(label, (svg, box) =>
            svg.Rectangle(new Box(box.Left + 4, box.CenterY - 5, box.Width - 8, 10), color.ToString(), radius: "1.5", opacity: alpha))];

    public override void Measure(DataRange x, DataRange y)
    {
        for (var i = 0; i < heights.Length; i++)
        {
            if (!IsDrawable(i))
                continue;
            // The middle counts as a value, so that bars at 0, 1, 2 have their ticks there.
            x.Add((lefts[i] / 2) + (rights[i] / 2));
            x.AddEdge(lefts[i]);
            x.AddEdge(rights[i]);
            y.Add(heights[i]);
            y.AddEdge(0);
        }
        if (!touching && lefts.Length > 0)
        {
            var room = (rights[0] - lefts[0]) / 4;
            x.AddEdge(lefts.Where(double.IsFinite).DefaultIfEmpty().Min() - room);
            x.AddEdge(rights.Where(double.IsFinite).DefaultIfEmpty().Max() + room);
        }
    }

    public override void Draw(SvgWriter svg, Axis x, Axis y)
    {
        var foot = y.Map(y.Log ? Math.Min(y.Low, y.High) : 0);
        for (var i = 0; i < heights.Length; i++)
        {
            if (!IsDrawable(i))
                continue;
            var (left, right, top) = (x.Map(lefts[i]), x.Map(rights[i]), y.Map(heights[i]));
            if (double.IsNaN(left) || double.IsNaN(right) || double.IsNaN(top))
                continue;
            var box = new Box(Math.Min(left, right), Math.Min(top, foot), Math.Abs(right - left), Math.Abs(foot - top));
            svg.Rectangle(box, color.ToString(), touching ? "#ffffff" : null, touching ? null : "1.5", alpha);
        }
    }

    public override IEnumerable<(double X, double Y)> Occupied(Axis x, Axis y)
    {
        var foot = y.Map(y.Log ? Math.Min(y.Low, y.High) : 0);
        for (var i = 0; i < heights.Length; i++)
            if (IsDrawable(i))
                for (var part = 0; part <= 10; part++)
                    yield return (x.Map((lefts[i] / 2) + (rights[i] / 2)), foot + ((y.Map(heights[i]) - foot) * part / 10));
    }

    private bool IsDrawable(int i) => double.IsFinite(lefts[i]) && double.IsFinite(rights[i]) && double.IsFinite(heights[i]);
}
