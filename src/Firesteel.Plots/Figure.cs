using Firesteel.Plots.Artists;

namespace Firesteel.Plots;

/// <summary>
/// A picture made of one or more axes, written as SVG: matplotlib's <c>plt.figure</c> and <c>plt.subplots</c>. The figure is
/// its own first axes, so that one plot needs no other object.
/// </summary>
/// <example><code>
/// var figure = new Figure(8, 5);
/// figure.Plot(losses, label: "training");
/// figure.XLabel("step");
/// figure.Legend();
/// figure.Save("loss.svg");
/// </code></example>
public sealed class Figure : Axes
{
    private const double PixelsPerInch = 100;
    private const double TitleSize = 19;
    private const string Fonts = "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif";

    private readonly Axes[] all;
    private readonly (double Width, double Height) size;
    private string? overallTitle;

    /// <summary>A figure of a width and a height in inches of 100 pixels, with one axes or several in rows and columns.</summary>
    /// <exception cref="ArgumentException">The size is not within 0.5 to 200 inches, or there are fewer than one row or column.</exception>
    public Figure(double width = 8, double height = 5, int rows = 1, int columns = 1)
    {
        if (!(width is >= 0.5 and <= 200) || !(height is >= 0.5 and <= 200))
            throw new ArgumentException($"A figure of {width} x {height} inches cannot be drawn; width and height must lie between 0.5 and 200.");
        if (rows < 1 || columns < 1)
            throw new ArgumentException($"A figure of {rows} rows and {columns} columns has no axes; both must be at least 1.");
        size = (width * PixelsPerInch, height * PixelsPerInch);
        (Rows, Columns) = (rows, columns);
        all = [this, .. Enumerable.Range(1, (rows * columns) - 1).Select(_ => new Axes())];
    }

    /// <summary>How many rows of axes there are.</summary>
    public int Rows { get; }

    /// <summary>How many columns of axes there are.</summary>
    public int Columns { get; }

    /// <summary>The axes in a row and a column, counted from 0. <c>figure[0, 0]</c> is the figure itself.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row or column.</exception>
    public Axes this[int row, int column] =>
        row >= 0 && row < Rows && column >= 0 && column < Columns
            ? all[(row * Columns) + column]
            : throw new ArgumentOutOfRangeException(nameof(row), $"There are no axes at row {row}, column {column}: the figure has {Rows} rows and {Columns} columns, counted from 0.");

    /// <summary>The axes counted from 0, row by row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public Axes this[int index] =>
        index >= 0 && index < all.Length
            ? all[index]
            : throw new ArgumentOutOfRangeException(nameof(index), $"There are no axes {index}: the figure has {all.Length}, counted from 0.");

    /// <summary>Sets the title over all axes: <c>fig.suptitle</c>.</summary>
    public void SupTitle(string text) => overallTitle = text;

    /// <summary>The picture as an SVG document. The same calls give the same text, in every culture.</summary>
    /// <exception cref="InvalidOperationException">An image is on a logarithmic axis, or a logarithmic axis has limits that are not positive.</exception>
    public string ToSvg()
    {
        var svg = new SvgWriter();
        var (width, height) = size;
        svg.Open("svg", ("xmlns", "http://www.w3.org/2000/svg"), ("width", SvgWriter.Number(width)), ("height", SvgWriter.Number(height)),
            ("viewBox", $"0 0 {SvgWriter.Number(width)} {SvgWriter.Number(height)}"), ("font-family", Fonts), ("role", "img"),
            ("aria-label", overallTitle ?? TitleText ?? "plot"));
        svg.Rectangle(new Box(0, 0, width, height), "#ffffff");
        var lines = TextMetrics.Wrap(overallTitle, width - 24, TitleSize);
        var top = lines.Count > 0 ? (lines.Count * TitleSize * 1.25) + 14 : 0;
        for (var i = 0; i < lines.Count; i++)
            svg.Text(width / 2, 12 + ((i + 0.85) * TitleSize * 1.25), lines[i], TitleSize, bold: true);
        var (cellWidth, cellHeight) = (width / Columns, Math.Max(1, height - top) / Rows);
        for (var i = 0; i < all.Length; i++)
            new AxesRenderer(all[i], new Box(i % Columns * cellWidth, top + (i / Columns * cellHeight), cellWidth, cellHeight)).Draw(svg);
        svg.Close("svg");
        return svg.ToString();
    }

    /// <summary>Writes the picture to a file, creating its folder: <c>fig.savefig</c>. A reader never sees half a file.</summary>
    /// <exception cref="ArgumentException">The name ends neither in <c>.svg</c> nor without an extension.</exception>
    /// <exception cref="IOException">The file cannot be written; one that was there is left as it was.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var extension = Path.GetExtension(path);
        if (extension.Length > 0 && !extension.Equals(".svg", StringComparison.OrdinalIgnoreCase))
            throw new ArgumentException($"Save writes SVG and '{path}' ends in '{extension}'; name the file '{Path.ChangeExtension(path, ".svg")}'. Every browser shows it.", nameof(path));
        var full = Path.GetFullPath(path);
        var text = ToSvg();
        var folder = Path.GetDirectoryName(full)!;
        Directory.CreateDirectory(folder);
        // In the same folder, since only there is the move one step.
        var temporary = Path.Combine(folder, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        try
        {
            File.WriteAllText(temporary, text);
            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }
}
