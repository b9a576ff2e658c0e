namespace Firesteel.Compare;

/// <summary>What one run of one side printed, and when.</summary>
internal sealed record Measurement
{
    private readonly Dictionary<string, string> _lines;

    public Measurement(Dictionary<string, string> lines, double microsecondsToFirstLoss)
    {
        (_lines, MicrosecondsToFirstLoss) = (lines, microsecondsToFirstLoss);
        Microseconds = Number("median_us");
    }

    /// <summary>The median of a step, or what is compared instead.</summary>
    public double Microseconds { get; init; }

    public double MicrosecondsToFirstLoss { get; }

    public double FirstLoss => Number("first_loss");

    /// <summary>The loss of a later step, the same on both sides; 0 if there was none.</summary>
    public double LastLoss => Number("last_loss");

    public double PeakMegabytes => Number("peak_mb");

    public string this[string name] => _lines.GetValueOrDefault(name, "");

    private double Number(string name) => _lines.TryGetValue(name, out string? text) ? double.Parse(text) : 0;
}
