namespace Firesteel.Plots;

/// <summary>The smallest interval that holds the values of one axis, and how it becomes the axis's limits.</summary>
internal sealed class DataRange(bool log)
{
    private const double Margin = 0.05;

    private readonly HashSet<double> sticky = [];
    private double min = double.PositiveInfinity;
    private double max = double.NegativeInfinity;

    /// <summary>Whether every value seen is a whole number, so that ticks between them would mean nothing.</summary>
    public bool WholeNumbers { get; private set; } = true;

    /// <summary>Counts a value, unless it cannot be drawn: not finite, or not positive on a logarithmic axis.</summary>
    public void Add(double value)
    {
        if (!double.IsFinite(value) || (log && value <= 0))
            return;
        min = Math.Min(min, value);
        max = Math.Max(max, value);
        WholeNumbers &= value == Math.Truncate(value);
    }

    /// <summary>Counts a value that needs no margin beyond it: the edge of an image, the foot of a bar.</summary>
    public void AddEdge(double value)
    {
        var whole = WholeNumbers;
        Add(value);
        WholeNumbers = whole; // the edges of pixels lie between the whole numbers
        sticky.Add(value);
    }

    /// <summary>The limits of an axis for these values: a margin of 5 % where wanted, and always a proper interval.</summary>
    public (double Low, double High) Limits()
    {
        if (min > max)
        {
            WholeNumbers = false;
            return log ? (1, 10) : (0, 1);
        }
        if (log)
        {
            var (a, b) = (Math.Log10(min), Math.Log10(max));
            if (b - a < 1e-9)
                return (Power(a - 0.5), Power(b + 0.5));
            var space = (b - a) * Margin;
            return (sticky.Contains(min) ? min : Power(a - space), sticky.Contains(max) ? max : Power(b + space));
        }
        var size = Math.Max(Math.Abs(min), Math.Abs(max));
        // Halves, so that a range from -1e308 to 1e308 does not overflow.
        var half = (max / 2) - (min / 2);
        if (half <= size * 1e-13 || half < 1e-300)
        {
            var spread = size < 1e-290 ? 0.5 : size * 0.05;
            return (Finite(min - spread), Finite(max + spread));
        }
        var pad = half * 2 * Margin;
        if (double.IsInfinity(pad))
            pad = half * Margin;
        return (sticky.Contains(min) ? min : Finite(min - pad), sticky.Contains(max) ? max : Finite(max + pad));
    }

    private static double Finite(double value) => Math.Clamp(value, -double.MaxValue, double.MaxValue);

    private static double Power(double exponent) => Math.Clamp(Math.Pow(10, exponent), 1e-320, double.MaxValue);
}
