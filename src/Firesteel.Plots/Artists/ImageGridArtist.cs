namespace Firesteel.Plots.Artists;

/// <summary>Small images side by side, with a title over each if wanted. It takes the whole of its axes and has no data axes.</summary>
internal sealed class ImageGridArtist(IReadOnlyList<ImageTile> tiles, int columns) : Artist
{
    private const double Gap = 8;
    private const double LargestTitle = 13;

    public override int Order => 0;

    public override void Measure(DataRange x, DataRange y)
    {
        x.AddEdge(0);
        x.AddEdge(1);
        y.AddEdge(0);
        y.AddEdge(1);
    }

    public override void Draw(SvgWriter svg, Axis x, Axis y)
    {
        var area = new Box(x.Map(x.Low), y.Map(y.High), x.Map(x.High) - x.Map(x.Low), y.Map(y.Low) - y.Map(y.High));
        var rows = (tiles.Count + columns - 1) / columns;
        var gap = Math.Min(Gap, Math.Min(area.Width / columns, area.Height / rows) * 0.1);
        var cellWidth = (area.Width - (gap * (columns - 1))) / columns;
        var lines = tiles.Max(t => t.Title is null ? 0 : t.Title.ReplaceLineEndings("\n").Count(c => c == '\n') + 1);
        var titleSize = Math.Clamp(cellWidth * 0.18, 7, LargestTitle);
        var titleHeight = lines * titleSize * 1.3;
        var cellHeight = Math.Max(1, ((area.Height - (gap * (rows - 1))) / rows) - titleHeight);
        var (imageWidth, imageHeight) = (tiles.Max(t => t.Columns), tiles.Max(t => t.Rows));
        var pixel = Math.Min(cellWidth / imageWidth, cellHeight / imageHeight);
        // Every tile has the size of the largest image, and the tiles stay close together in the middle of the area.
        var (tileWidth, tileHeight) = (pixel * imageWidth, pixel * imageHeight);
        var widest = tiles.Max(t => t.Title is null ? 0 : TextMetrics.Width(t.Title, titleSize));
        var pitch = Math.Min(cellWidth, Math.Max(tileWidth, widest)) + gap;
        var left = area.CenterX - (((pitch * columns) - gap) / 2);
        var top = area.CenterY - (((tileHeight + titleHeight + gap) * rows) - gap) / 2;
        for (var i = 0; i < tiles.Count; i++)
        {
            var tile = tiles[i];
            var (row, column) = (i / columns, i % columns);
            var center = left + (column * pitch) + ((pitch - gap) / 2);
            var y0 = top + (row * (tileHeight + titleHeight + gap));
            var text = TextMetrics.Wrap(tile.Title, pitch, titleSize);
            for (var line = 0; line < text.Count && line < lines; line++)
                svg.Text(center, y0 + ((line + 1) * titleSize * 1.3) - (titleSize * 0.4), text[line], titleSize);
            var (width, height) = (tile.Columns * pixel, tile.Rows * pixel);
            var box = new Box(center - (width / 2), y0 + titleHeight + ((tileHeight - height) / 2), width, height);
            svg.Image(tile.Rgba, tile.Columns, tile.Rows, box);
            svg.Rectangle(box, "none", "#c9ced6");
        }
    }
}
