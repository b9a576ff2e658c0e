namespace Firesteel.Plots;

/// <summary>A matrix of numbers, row by row.</summary>
internal sealed record Grid(double[] Values, int Rows, int Columns)
{
    public double this[int row, int column] => Values[(row * Columns) + column];

    public void RequireCells(string method)
    {
        if (Values.Length == 0)
            throw new ArgumentException($"{method}: an image of {Rows} rows and {Columns} columns has no pixels to draw.");
    }

    /// <summary>The pixels in colour; what is not finite stays transparent.</summary>
    public byte[] Paint(ColorScale scale, bool upsideDown = false)
    {
        var rgba = new byte[Values.Length * 4];
        for (var row = 0; row < Rows; row++)
        {
            var target = (upsideDown ? Rows - 1 - row : row) * Columns * 4;
            for (var column = 0; column < Columns; column++, target += 4)
            {
                var value = this[row, column];
                if (!double.IsFinite(value))
                    continue;
                var color = scale.At(value);
                (rgba[target], rgba[target + 1], rgba[target + 2], rgba[target + 3]) = (color.R, color.G, color.B, 255);
            }
        }
        return rgba;
    }
}
