namespace Firesteel.Plots.Artists;

/// <summary>Something drawn on axes: it knows how much room its data need and how to draw them.</summary>
internal abstract class Artist
{
    /// <summary>Lower is drawn first; images lie under everything, curves over points.</summary>
    public abstract int Order { get; }

    /// <summary>What the legend says of this artist.</summary>
    public virtual IEnumerable<LegendEntry> Legend => [];

    /// <summary>Adds the data to the ranges from which the limits come.</summary>
    public abstract void Measure(DataRange x, DataRange y);

    public abstract void Draw(SvgWriter svg, Axis x, Axis y);

    /// <summary>Points in pixels where a legend would hide something.</summary>
    public virtual IEnumerable<(double X, double Y)> Occupied(Axis x, Axis y) => [];
}
