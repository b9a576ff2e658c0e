using System.Numerics;
using Firesteel.Plots.Artists;

namespace Firesteel.Plots;

// Images, heat maps and what is drawn over a plane.
public partial class Axes
{
    /// <summary>Shows a matrix as an image, the first row on top: <c>ax.imshow</c>. Values that are not finite stay transparent.</summary>
    /// <param name="image">The pixels, [rows, columns].</param>
    /// <param name="colormap"><c>viridis</c>, <c>magma</c>, <c>gray</c>, <c>Blues</c>, <c>RdBu</c>, <c>coolwarm</c> or <c>tab10</c>; <c>_r</c> at the end turns it round.</param>
    /// <param name="vmin">The value of the first colour; null takes the least.</param>
    /// <param name="vmax">The value of the last colour; null takes the greatest.</param>
    /// <param name="alpha">From 0 (invisible) to 1 (opaque).</param>
    /// <param name="aspect"><c>"equal"</c> for square pixels, <c>"auto"</c> to fill the axes.</param>
    /// <exception cref="ArgumentException">The image is empty; the colormap or aspect is unknown; vmin &gt; vmax; alpha is outside 0 to 1.</exception>
    public void ImShow<T>(T[,] image, string colormap = "viridis", double? vmin = null, double? vmax = null, double alpha = 1, string aspect = "equal")
        where T : INumber<T>
    {
        var grid = Columns.From(image, nameof(image));
        grid.RequireCells(nameof(ImShow));
        AddMatrix(grid, colormap, vmin, vmax, alpha, aspect, annotate: false);
    }

    /// <summary>Shows an image in colour, [rows, columns, 3]: <c>ax.imshow</c>. Floating-point channels go from 0 to 1, integer channels from 0 to 255.</summary>
    /// <exception cref="ArgumentException">The image is empty, or its last dimension is not 3.</exception>
    public void ImShow<T>(T[,,] image)
        where T : INumber<T>
    {
        ArgumentNullException.ThrowIfNull(image);
        var (rows, columns) = (image.GetLength(0), image.GetLength(1));
        if (image.GetLength(2) != 3)
            throw new ArgumentException($"{nameof(ImShow)}: an image in colour is [rows, columns, 3], and this one is [{rows}, {columns}, {image.GetLength(2)}]; PyTorch's [channels, rows, columns] needs Permute(1, 2, 0).", nameof(image));
        if (image.Length == 0)
            throw new ArgumentException($"{nameof(ImShow)}: an image of {rows} rows and {columns} columns has no pixels to draw.", nameof(image));
        // One half is zero in every integer type, so it tells the two conventions apart.
        var unit = T.CreateSaturating(0.5) == T.Zero ? 1.0 : 255.0;
        var rgba = new byte[rows * columns * 4];
        var at = 0;
        foreach (var channel in image)
        {
            var value = double.CreateSaturating(channel) * unit;
            rgba[at++] = (byte)Math.Clamp(Math.Round(double.IsNaN(value) ? 0 : value), 0, 255);
            if (at % 4 == 3)
                rgba[at++] = 255;
        }
        artists.Add(new ImageArtist(rgba, rows, columns, ImageExtent.OfPixels(rows, columns), 1, null));
        EqualScale = true;
    }

    /// <summary>Shows a matrix with a colour bar, the first row on top, as for a confusion matrix or attention weights.</summary>
    /// <param name="values">The cells, [rows, columns].</param>
    /// <param name="rowLabels">The names of the rows; null numbers them.</param>
    /// <param name="columnLabels">The names of the columns; null numbers them.</param>
    /// <param name="annotate">Whether each value is written in its cell.</param>
    /// <param name="colormap"><c>viridis</c>, <c>magma</c>, <c>gray</c>, <c>Blues</c>, <c>RdBu</c>, <c>coolwarm</c> or <c>tab10</c>; <c>_r</c> at the end turns it round.</param>
    /// <param name="vmin">The value of the first colour; null takes the least.</param>
    /// <param name="vmax">The value of the last colour; null takes the greatest.</param>
    /// <param name="colorbar">Whether the colours are explained beside the axes.</param>
    /// <param name="aspect"><c>"equal"</c> for square cells, <c>"auto"</c> to fill the axes.</param>
    /// <exception cref="ArgumentException">The matrix is empty; the numbers of labels differ from its shape; the colormap or aspect is unknown; vmin &gt; vmax.</exception>
    public void HeatMap<T>(T[,] values, IEnumerable<string>? rowLabels = null, IEnumerable<string>? columnLabels = null, bool annotate = false,
        string colormap = "viridis", double? vmin = null, double? vmax = null, bool colorbar = true, string aspect = "equal")
        where T : INumber<T>
    {
        var grid = Columns.From(values, nameof(values));
        grid.RequireCells(nameof(HeatMap));
        var (rowNames, columnNames) = (rowLabels?.ToArray(), columnLabels?.ToArray());
        if (rowNames is not null && rowNames.Length != grid.Rows)
            throw new ArgumentException($"{nameof(HeatMap)}: {grid.Rows} rows and {rowNames.Length} row labels; every row needs one label.", nameof(rowLabels));
        if (columnNames is not null && columnNames.Length != grid.Columns)
            throw new ArgumentException($"{nameof(HeatMap)}: {grid.Columns} columns and {columnNames.Length} column labels; every column needs one label.", nameof(columnLabels));
        AddMatrix(grid, colormap, vmin, vmax, 1, aspect, annotate);
        if (rowNames is not null)
            Y.SetTicks(Columns.Count(grid.Rows), rowNames, nameof(HeatMap));
        if (columnNames is not null)
            X.SetTicks(Columns.Count(grid.Columns), columnNames, nameof(HeatMap));
        if (colorbar)
            Colorbar(ColorbarSettings.Label);
    }

    /// <summary>
    /// Colours a plane by the values of a function on a grid: <c>ax.pcolormesh</c>. With points scattered over it this is the
    /// picture of a decision boundary.
    /// </summary>
    /// <param name="x">The x of each column, evenly spaced.</param>
    /// <param name="y">The y of each row, evenly spaced.</param>
    /// <param name="z">The values, [y.Length, x.Length]: <c>z[i, j]</c> belongs to <c>x[j]</c> and <c>y[i]</c>.</param>
    /// <param name="colormap"><c>viridis</c>, <c>magma</c>, <c>gray</c>, <c>Blues</c>, <c>RdBu</c>, <c>coolwarm</c> or <c>tab10</c>; <c>_r</c> at the end turns it round.</param>
    /// <param name="vmin">The value of the first colour; null takes the least.</param>
    /// <param name="vmax">The value of the last colour; null takes the greatest.</param>
    /// <param name="alpha">From 0 (invisible) to 1 (opaque).</param>
    /// <exception cref="ArgumentException">z is empty or does not fit x and y; x or y is not evenly spaced; the colormap is unknown; vmin &gt; vmax.</exception>
    public void PColorMesh<TX, TY, TZ>(IEnumerable<TX> x, IEnumerable<TY> y, TZ[,] z, string colormap = "viridis",
        double? vmin = null, double? vmax = null, double alpha = 1)
        where TX : INumber<TX>
        where TY : INumber<TY>
        where TZ : INumber<TZ>
    {
        var (xs, ys, grid) = (Columns.From(x, nameof(x)), Columns.From(y, nameof(y)), Columns.From(z, nameof(z)));
        grid.RequireCells(nameof(PColorMesh));
        RequireFit(nameof(PColorMesh), xs, ys, grid);
        var (dx, dy) = (EvenStep(xs, "x"), EvenStep(ys, "y"));
        var (first, last) = (ys[0] - (dy / 2), ys[^1] + (dy / 2));
        var extent = new ImageExtent(xs[0] - (dx / 2), xs[^1] + (dx / 2), Math.Min(first, last), Math.Max(first, last));
        var scale = ColorScale.For(Colormap.Parse(colormap), grid.Values, vmin, vmax);
        artists.Add(new ImageArtist(grid.Paint(scale, upsideDown: dy > 0), grid.Rows, grid.Columns, extent, Alphas.Check(alpha), scale));
    }

    /// <summary>Draws the curves along which a function on a grid has the given values: <c>ax.contour</c>. A level of 0.5 on probabilities is the decision boundary.</summary>
    /// <param name="x">The x of each column.</param>
    /// <param name="y">The y of each row.</param>
    /// <param name="z">The values, [y.Length, x.Length]: <c>z[i, j]</c> belongs to <c>x[j]</c> and <c>y[i]</c>.</param>
    /// <param name="levels">The values to follow.</param>
    /// <param name="color">A letter, a CSS name, <c>C0</c> to <c>C9</c> or a hexadecimal code.</param>
    /// <param name="linestyle"><c>"-"</c>, <c>"--"</c>, <c>":"</c> or <c>"-."</c>.</param>
    /// <param name="linewidth">In points.</param>
    /// <param name="label">What the legend says.</param>
    /// <exception cref="ArgumentException">z does not fit x and y; a level is not finite; the colour or style is unknown.</exception>
    public void Contour<TX, TY, TZ>(IEnumerable<TX> x, IEnumerable<TY> y, TZ[,] z, IEnumerable<double> levels, string color = "k",
        string linestyle = "-", double linewidth = 1.5, string? label = null)
        where TX : INumber<TX>
        where TY : INumber<TY>
        where TZ : INumber<TZ>
    {
        var (xs, ys, grid) = (Columns.From(x, nameof(x)), Columns.From(y, nameof(y)), Columns.From(z, nameof(z)));
        RequireFit(nameof(Contour), xs, ys, grid);
        var values = Columns.From(levels, nameof(levels));
        if (values.Any(v => !double.IsFinite(v)))
            throw new ArgumentException($"{nameof(Contour)}: the levels {string.Join(", ", values)} must be finite.", nameof(levels));
        artists.Add(new ContourArtist(xs, ys, grid, values, LineStyle.Parse(Rgb.Parse(color), linewidth, linestyle, 1), label));
    }

    /// <summary>Shows images in rows side by side, each with a title if wanted, in place of axes: <c>torchvision.utils.make_grid</c> and a loop of <c>imshow</c>.</summary>
    /// <param name="images">The images, each [rows, columns].</param>
    /// <param name="titles">A title over each image; null for none.</param>
    /// <param name="columns">How many stand side by side.</param>
    /// <param name="colormap"><c>viridis</c>, <c>magma</c>, <c>gray</c>, <c>Blues</c>, <c>RdBu</c>, <c>coolwarm</c> or <c>tab10</c>; <c>_r</c> at the end turns it round.</param>
    /// <param name="vmin">The value of the first colour; null takes the least of each image.</param>
    /// <param name="vmax">The value of the last colour; null takes the greatest of each image.</param>
    /// <exception cref="ArgumentException">There is no image, or one is empty; the numbers of images and titles differ; columns is below 1; the colormap is unknown.</exception>
    public void ImageGrid<T>(IEnumerable<T[,]> images, IEnumerable<string>? titles = null, int columns = 8, string colormap = "gray",
        double? vmin = null, double? vmax = null)
        where T : INumber<T>
    {
        ArgumentNullException.ThrowIfNull(images);
        AddTiles([.. images.Select(image => Columns.From(image, nameof(images)))], titles, columns, colormap, vmin, vmax);
    }

    /// <summary>Shows images that lie one after another in memory, as in a batch of [count, height, width] or [count, 1, height, width].</summary>
    /// <exception cref="ArgumentException">The length is not a whole number of images; otherwise as for the other overload.</exception>
    /// <inheritdoc cref="ImageGrid{T}(IEnumerable{T[,]}, IEnumerable{string}?, int, string, double?, double?)"/>
    public void ImageGrid<T>(ReadOnlySpan<T> images, int height, int width, IEnumerable<string>? titles = null, int columns = 8,
        string colormap = "gray", double? vmin = null, double? vmax = null)
        where T : INumber<T>
    {
        if (height < 1 || width < 1 || images.Length % (height * width) != 0)
            throw new ArgumentException($"{nameof(ImageGrid)}: {images.Length} values are not a whole number of images of {height} x {width} pixels.", nameof(images));
        var size = height * width;
        var grids = new List<Grid>();
        for (var start = 0; start < images.Length; start += size)
            grids.Add(new Grid(Columns.From(images.Slice(start, size)), height, width));
        AddTiles(grids, titles, columns, colormap, vmin, vmax);
    }

    private void AddMatrix(Grid grid, string colormap, double? vmin, double? vmax, double alpha, string aspect, bool annotate)
    {
        var scale = ColorScale.For(Colormap.Parse(colormap), grid.Values, vmin, vmax);
        Aspect(aspect);
        artists.Add(new ImageArtist(grid.Paint(scale), grid.Rows, grid.Columns, ImageExtent.OfPixels(grid.Rows, grid.Columns), Alphas.Check(alpha), scale)
        {
            Annotations = annotate ? grid : null,
        });
    }

    private void AddTiles(List<Grid> grids, IEnumerable<string>? titles, int columns, string colormap, double? vmin, double? vmax)
    {
        var names = titles?.ToArray();
        if (columns < 1)
            throw new ArgumentException($"{nameof(ImageGrid)}: columns is {columns}; at least one is needed.", nameof(columns));
        if (grids.Count == 0)
            throw new ArgumentException($"{nameof(ImageGrid)}: there are no images.", nameof(grids));
        if (names is not null && names.Length != grids.Count)
            throw new ArgumentException($"{nameof(ImageGrid)}: {grids.Count} images and {names.Length} titles; every image needs one title.", nameof(titles));
        foreach (var grid in grids)
            grid.RequireCells(nameof(ImageGrid));
        var map = Colormap.Parse(colormap);
        artists.Add(new ImageGridArtist(
            [.. grids.Select((g, i) => new ImageTile(g.Paint(ColorScale.For(map, g.Values, vmin, vmax)), g.Rows, g.Columns, names?[i]))],
            Math.Min(columns, grids.Count)));
        AxisOff();
        Grid(false);
    }

    private static void RequireFit(string method, double[] x, double[] y, Grid z)
    {
        if (z.Rows != y.Length || z.Columns != x.Length)
            throw new ArgumentException($"{method}: z is [{z.Rows}, {z.Columns}] and must be [y.Length, x.Length], which is [{y.Length}, {x.Length}].");
    }

    /// <summary>The distance between neighbours, which must be the same everywhere; 1 for a single value.</summary>
    private static double EvenStep(double[] values, string name)
    {
        if (values.Length == 1)
            return 1;
        var step = (values[^1] - values[0]) / (values.Length - 1);
        for (var i = 0; i < values.Length; i++)
            if (!(Math.Abs(values[i] - (values[0] + (i * step))) <= Math.Abs(step) * 0.01) || step == 0)
                throw new ArgumentException($"{nameof(PColorMesh)}: {name} must be evenly spaced, but {name}[{i}] is {values[i]} where {values[0] + (i * step)} was expected.");
        return step;
    }
}
