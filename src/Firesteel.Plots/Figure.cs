namespace Firesteel.Plots;

/// <summary>A picture made of axes, written as SVG.</summary>
public sealed class Figure
{
}
