namespace Firesteel.Plots.Artists;

/// <summary>Pixels stretched over a rectangle of the axes: an image, a heat map or a coloured plane.</summary>
internal sealed class ImageArtist(byte[] rgba, int rows, int columns, ImageExtent extent, double alpha, ColorScale? scale) : Artist
{
    private const double LargestText = 15;
    private const double SmallestText = 5;

    public override int Order => 0;

    /// <summary>What the colours mean; null for an image that is itself in colour.</summary>
    public ColorScale? Scale => scale;

    /// <summary>Whether y grows downwards, as it does in images.</summary>
    public bool Downwards => extent.Bottom > extent.Top;

    /// <summary>The values to write into the cells, if any.</summary>
    public Grid? Annotations { get; init; }

    public override void Measure(DataRange x, DataRange y)
    {
        x.AddEdge(extent.Left);
        x.AddEdge(extent.Right);
        y.AddEdge(extent.Bottom);
        y.AddEdge(extent.Top);
    }

    public override void Draw(SvgWriter svg, Axis x, Axis y)
    {
        if (x.Log || y.Log)
            throw new InvalidOperationException("An image, a heat map or a colour mesh needs linear axes; this one is on a logarithmic axis.");
        var (left, right, top, bottom) = (x.Map(extent.Left), x.Map(extent.Right), y.Map(extent.Top), y.Map(extent.Bottom));
        var box = new Box(Math.Min(left, right), Math.Min(top, bottom), Math.Abs(right - left), Math.Abs(bottom - top));
        var (flipX, flipY) = (right < left, bottom < top);
        if (flipX || flipY)
            svg.Open("g", ("transform", $"translate({SvgWriter.Number(flipX ? 2 * box.CenterX : 0)} {SvgWriter.Number(flipY ? 2 * box.CenterY : 0)}) scale({(flipX ? -1 : 1)} {(flipY ? -1 : 1)})"));
        svg.Image(rgba, columns, rows, box, alpha);
        if (flipX || flipY)
            svg.Close("g");
        if (Annotations is not null && scale is not null)
            Annotate(svg, Annotations, scale, box, flipX, flipY);
    }

    private void Annotate(SvgWriter svg, Grid values, ColorScale colors, Box box, bool flipX, bool flipY)
    {
        var (width, height) = (box.Width / columns, box.Height / rows);
        var texts = values.Values.Select(CellText.Format).ToArray();
        var widest = texts.Max(t => TextMetrics.Width(t, 1));
        var size = Math.Min(LargestText, Math.Min(height * 0.55, widest > 0 ? width * 0.85 / widest : LargestText));
        if (size < SmallestText)
            return;
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                var value = values[row, column];
                // The colour behind the text is the scale's, mixed with the white page.
                var light = !double.IsFinite(value) || 1 - (alpha * (1 - colors.At(value).Luminance)) > 0.55;
                var (x, y) = (flipX ? columns - 1 - column : column, flipY ? rows - 1 - row : row);
                svg.Text(box.Left + ((x + 0.5) * width), box.Top + ((y + 0.5) * height) + (size * 0.36),
                    texts[(row * columns) + column], size, color: light ? "#1f2530" : "#ffffff");
            }
        }
    }
}
