namespace Firesteel.Plots.Artists;

/// <summary>Where in the data an image's edges lie: the top is the edge of its first row.</summary>
internal readonly record struct ImageExtent(double Left, double Right, double Bottom, double Top)
{
    /// <summary>Pixel (row, column) centred on x = column, y = row, the first row on top.</summary>
    public static ImageExtent OfPixels(int rows, int columns) => new(-0.5, columns - 0.5, rows - 0.5, -0.5);
}
