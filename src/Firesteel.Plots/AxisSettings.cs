namespace Firesteel.Plots;

/// <summary>What the user asked of one axis.</summary>
internal sealed class AxisSettings
{
    public string? Label { get; set; }

    public bool Log { get; set; }

    public (double Low, double High)? Limits { get; set; }

    public double[]? TickPositions { get; set; }

    public string[]? TickLabels { get; set; }

    public void SetScale(string scale, string method)
    {
        Log = scale switch
        {
            "linear" => false,
            "log" => true,
            _ => throw new ArgumentException($"{method}: unknown scale '{scale}'. Known are linear, log.", nameof(scale)),
        };
    }

    public void SetLimits(double low, double high, string method)
    {
        if (!double.IsFinite(low) || !double.IsFinite(high))
            throw new ArgumentException($"{method}: the limits {low} and {high} must be finite.");
        if (Math.Abs((high / 2) - (low / 2)) < 1e-300)
            throw new ArgumentException($"{method}: the limits are both {low}; an axis needs two different ones.");
        Limits = (low, high);
    }

    public void SetTicks(double[] positions, IEnumerable<string>? labels, string method)
    {
        var texts = labels?.ToArray();
        if (texts is not null && texts.Length != positions.Length)
            throw new ArgumentException($"{method}: {positions.Length} positions and {texts.Length} labels; every tick needs one label.");
        (TickPositions, TickLabels) = (positions, texts);
    }
}
