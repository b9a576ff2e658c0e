namespace Firesteel.Plots.Artists;

/// <summary>The shape and the radius of the mark at a point.</summary>
internal sealed record MarkerStyle(string Shape, double Radius, double Alpha)
{
    private const double PixelsPerPoint = 100 / 72.0;

    /// <summary>Reads matplotlib's letter for a marker; <paramref name="diameter"/> is in points.</summary>
    public static MarkerStyle Parse(string shape, double diameter, double alpha)
    {
        if (shape is not ("o" or "." or "s" or "^" or "v" or "D" or "x" or "+"))
            throw new ArgumentException($"Unknown marker '{shape}'. Known are 'o', '.', 's', '^', 'v', 'D', 'x' and '+'.", nameof(shape));
        if (!(diameter > 0) || double.IsInfinity(diameter))
            throw new ArgumentException($"A marker's size is {diameter}; it must be a positive number of points.", nameof(diameter));
        var radius = diameter * PixelsPerPoint / 2;
        return new MarkerStyle(shape == "." ? "o" : shape, shape == "." ? radius / 2 : radius, Alphas.Check(alpha));
    }

    /// <summary>Opens the group that holds the marks of one colour.</summary>
    public void Open(SvgWriter svg, Rgb color)
    {
        var opacity = Alpha < 1 ? SvgWriter.Number(Alpha) : null;
        if (Shape is "x" or "+")
            svg.Open("g", ("fill", "none"), ("stroke", color.ToString()), ("stroke-width", SvgWriter.Number(Math.Max(1, Radius * 0.45))),
                ("stroke-linecap", "round"), ("stroke-opacity", opacity));
        else // a thin light edge keeps overlapping points apart
            svg.Open("g", ("fill", color.ToString()), ("stroke", "#ffffff"), ("stroke-width", Radius < 2 ? "0" : "0.6"),
                ("fill-opacity", opacity), ("stroke-opacity", opacity));
    }

    public void DrawAt(SvgWriter svg, double x, double y)
    {
        var r = Radius;
        if (Shape == "o")
        {
            svg.Element("circle", ("cx", SvgWriter.Number(x)), ("cy", SvgWriter.Number(y)), ("r", SvgWriter.Number(r)));
            return;
        }
        static string P(double x, double y) => $"{SvgWriter.Number(x)} {SvgWriter.Number(y)}";
        var s = r * 0.9;
        svg.Element("path", ("d", Shape switch
        {
            "s" => $"M{P(x - s, y - s)}L{P(x + s, y - s)}L{P(x + s, y + s)}L{P(x - s, y + s)}Z",
            "^" => $"M{P(x, y - r)}L{P(x + r, y + s)}L{P(x - r, y + s)}Z",
            "v" => $"M{P(x, y + r)}L{P(x + r, y - s)}L{P(x - r, y - s)}Z",
            "D" => $"M{P(x, y - r)}L{P(x + r, y)}L{P(x, y + r)}L{P(x - r, y)}Z",
            "x" => $"M{P(x - s, y - s)}L{P(x + s, y + s)}M{P(x - s, y + s)}L{P(x + s, y - s)}",
            _ => $"M{P(x - r, y)}L{P(x + r, y)}M{P(x, y - r)}L{P(x, y + r)}",
        }));
    }

    public void DrawKey(SvgWriter svg, Box box, Rgb color)
    {
        Open(svg, color);
        (this with { Radius = Math.Clamp(Radius, 2.5, 6) }).DrawAt(svg, box.CenterX, box.CenterY);
        svg.Close("g");
    }
}
