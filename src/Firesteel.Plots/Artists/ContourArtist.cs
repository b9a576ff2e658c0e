using System.Text;

namespace Firesteel.Plots.Artists;

/// <summary>Curves along which a function on a grid has given values, found by marching squares.</summary>
internal sealed class ContourArtist(double[] xs, double[] ys, Grid values, double[] levels, LineStyle style, string? label) : Artist
{
    public override int Order => 2;

    public override IEnumerable<LegendEntry> Legend => label is null ? [] : [new LegendEntry(label, style.DrawKey)];

    public override void Measure(DataRange x, DataRange y)
    {
        foreach (var value in xs)
            x.AddEdge(value);
        foreach (var value in ys)
            y.AddEdge(value);
    }

    public override void Draw(SvgWriter svg, Axis x, Axis y)
    {
        foreach (var level in levels)
        {
            var path = new StringBuilder();
            for (var row = 0; row + 1 < values.Rows; row++)
                for (var column = 0; column + 1 < values.Columns; column++)
                    Square(path, row, column, level, x, y);
            style.Draw(svg, path.ToString());
        }
    }

    /// <summary>Joins the places where the level is crossed on the four sides of one square.</summary>
    private void Square(StringBuilder path, int row, int column, double level, Axis x, Axis y)
    {
        ReadOnlySpan<(int Row, int Column)> corners = [(row, column), (row, column + 1), (row + 1, column + 1), (row + 1, column)];
        Span<(double X, double Y)> crossings = stackalloc (double, double)[4];
        var count = 0;
        var sum = 0.0;
        for (var side = 0; side < 4; side++)
        {
            var (a, b) = (corners[side], corners[(side + 1) % 4]);
            var (va, vb) = (values[a.Row, a.Column], values[b.Row, b.Column]);
            if (!double.IsFinite(va) || !double.IsFinite(vb))
                return;
            sum += va;
            if ((va >= level) == (vb >= level))
                continue;
            var t = (level - va) / (vb - va);
            crossings[count++] = (x.Map(xs[a.Column] + (t * (xs[b.Column] - xs[a.Column]))), y.Map(ys[a.Row] + (t * (ys[b.Row] - ys[a.Row]))));
        }
        if (count == 2)
        {
            Segment(path, crossings[0], crossings[1]);
        }
        else if (count == 4)
        {
            // A saddle: the mean decides which pair of opposite corners is joined through the middle.
            var joined = (sum / 4 >= level) == (values[row, column] >= level);
            Segment(path, crossings[0], crossings[joined ? 1 : 3]);
            Segment(path, crossings[2], crossings[joined ? 3 : 1]);
        }
    }

    private static void Segment(StringBuilder path, (double X, double Y) from, (double X, double Y) to)
    {
        if (double.IsNaN(from.X + from.Y + to.X + to.Y))
            return;
        path.Append('M').Append(SvgWriter.Number(from.X)).Append(' ').Append(SvgWriter.Number(from.Y))
            .Append('L').Append(SvgWriter.Number(to.X)).Append(' ').Append(SvgWriter.Number(to.Y));
    }
}
