namespace Firesteel.Plots.Artists;

/// <summary>A line of the legend: its text, and how to draw the sample before it.</summary>
internal sealed record LegendEntry(string Label, Action<SvgWriter, Box> DrawKey);
