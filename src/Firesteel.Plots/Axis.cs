namespace Firesteel.Plots;

/// <summary>One axis as drawn: its limits, the pixels they lie on, and its ticks.</summary>
internal sealed class Axis(double low, double high, bool log)
{
    private const double FarAway = 1e6;

    private double start;
    private double end = 1;

    public double Low => low;

    public double High => high;

    public bool Log => log;

    public IReadOnlyList<Tick> Ticks { get; set; } = [];

    /// <summary>Says on which pixels the lower and the upper limit lie.</summary>
    public void Place(double startPixel, double endPixel) => (start, end) = (startPixel, endPixel);

    /// <summary>The pixel of a value; NaN where it cannot be drawn.</summary>
    public double Map(double value)
    {
        if (!double.IsFinite(value) || (log && value <= 0))
            return double.NaN;
        var t = log
            ? (Math.Log10(value) - Math.Log10(low)) / (Math.Log10(high) - Math.Log10(low))
            : ((value / 2) - (low / 2)) / ((high / 2) - (low / 2));
        // Points far outside are clipped; browsers only need to be kept from overflowing.
        return Math.Clamp(start + (t * (end - start)), -FarAway, FarAway);
    }

    public bool Shows(double value)
    {
        var slack = Math.Abs((high / 2) - (low / 2)) * 1e-9;
        return value >= Math.Min(low, high) - slack && value <= Math.Max(low, high) + slack;
    }
}
