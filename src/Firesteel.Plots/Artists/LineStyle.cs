namespace Firesteel.Plots.Artists;

/// <summary>How a curve is stroked.</summary>
internal sealed record LineStyle(Rgb Color, double Width, string Dashes, double Alpha)
{
    private const double PixelsPerPoint = 100 / 72.0;

    public static LineStyle Parse(Rgb color, double lineWidth, string style, double alpha)
    {
        if (!(lineWidth > 0) || double.IsInfinity(lineWidth))
            throw new ArgumentException($"linewidth is {lineWidth}; it must be a positive number of points.", nameof(lineWidth));
        var width = lineWidth * PixelsPerPoint;
        var pattern = style switch
        {
            "-" or "solid" => Array.Empty<double>(),
            "--" or "dashed" => [3.7, 2.2],
            ":" or "dotted" => [0.3, 2.1],
            "-." or "dashdot" => [5, 2.1, 0.3, 2.1],
            "" or "none" => [],
            _ => throw new ArgumentException($"Unknown line style '{style}'. Known are '-', '--', ':', '-.' and 'none'.", nameof(style)),
        };
        var dashes = style is "" or "none" ? "none" : string.Join(' ', pattern.Select(part => SvgWriter.Number(part * width)));
        return new LineStyle(color, width, dashes, Alphas.Check(alpha));
    }

    public bool IsVisible => Dashes != "none";

    /// <summary>Appends a path in this style. Joins and ends are round, so that noise does not grow spikes.</summary>
    public void Draw(SvgWriter svg, string path)
    {
        if (path.Length > 0 && IsVisible)
            svg.Element("path", ("d", path), ("fill", "none"), ("stroke", Color.ToString()), ("stroke-width", SvgWriter.Number(Width)),
                ("stroke-linejoin", "round"), ("stroke-linecap", "round"),
                ("stroke-dasharray", Dashes.Length > 0 ? Dashes : null),
                ("stroke-opacity", Alpha < 1 ? SvgWriter.Number(Alpha) : null));
    }

    public void DrawKey(SvgWriter svg, Box box) =>
        Draw(svg, $"M{SvgWriter.Number(box.Left)} {SvgWriter.Number(box.CenterY)}H{SvgWriter.Number(box.Right)}");
}
