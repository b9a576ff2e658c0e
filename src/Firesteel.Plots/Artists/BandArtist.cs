using System.Text;

namespace Firesteel.Plots.Artists;

/// <summary>The area between two curves.</summary>
internal sealed class BandArtist(double[] xs, double[] lower, double[] upper, Rgb color, double alpha, string? label) : Artist
{
    public override int Order => 1;

    public override IEnumerable<LegendEntry> Legend =>
        label is null ? [] : [new LegendEntry(label, (svg, box) =>
            svg.Rectangle(new Box(box.Left + 4, box.CenterY - 5, box.Width - 8, 10), color.ToString(), radius: "1.5", opacity: alpha))];

    public override void Measure(DataRange x, DataRange y)
    {
        for (var i = 0; i < xs.Length; i++)
        {
            if (!double.IsFinite(xs[i]) || !double.IsFinite(lower[i]) || !double.IsFinite(upper[i]))
                continue;
            x.Add(xs[i]);
            y.Add(lower[i]);
            y.Add(upper[i]);
        }
    }

    public override void Draw(SvgWriter svg, Axis x, Axis y)
    {
        var path = new StringBuilder();
        var piece = new List<(double X, double Low, double High)>();
        for (var i = 0; i <= xs.Length; i++)
        {
            (double X, double Low, double High) point = i < xs.Length ? (x.Map(xs[i]), y.Map(lower[i]), y.Map(upper[i])) : (double.NaN, double.NaN, double.NaN);
            if (!double.IsNaN(point.X + point.Low + point.High))
            {
                piece.Add(point);
                continue;
            }
            for (var j = 0; j < piece.Count; j++)
                path.Append(j == 0 ? 'M' : 'L').Append(SvgWriter.Number(piece[j].X)).Append(' ').Append(SvgWriter.Number(piece[j].High));
            for (var j = piece.Count - 1; j >= 0; j--)
                path.Append('L').Append(SvgWriter.Number(piece[j].X)).Append(' ').Append(SvgWriter.Number(piece[j].Low));
            path.Append(piece.Count > 0 ? "Z" : "");
            piece.Clear();
        }
        if (path.Length > 0)
            svg.Element("path", ("d", path.ToString()), ("fill", color.ToString()), ("fill-opacity", SvgWriter.Number(alpha)));
    }

    public override IEnumerable<(double X, double Y)> Occupied(Axis x, Axis y)
    {
        for (var i = 0; i < xs.Length; i++)
            foreach (var value in new[] { lower[i], upper[i] })
                if (x.Map(xs[i]) is var px && y.Map(value) is var py && !double.IsNaN(px + py))
                    yield return (px, py);
    }
}
