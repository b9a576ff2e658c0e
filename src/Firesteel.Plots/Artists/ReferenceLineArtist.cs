namespace Firesteel.Plots.Artists;

/// <summary>A straight line across the whole axes at one value.</summary>
internal sealed class ReferenceLineArtist(double value, bool horizontal, LineStyle style, string? label) : Artist
{
    public override int Order => 3;

    public override IEnumerable<LegendEntry> Legend => label is null ? [] : [new LegendEntry(label, style.DrawKey)];

    public override void Measure(DataRange x, DataRange y) => (horizontal ? y : x).Add(value);

    public override void Draw(SvgWriter svg, Axis x, Axis y)
    {
        var at = (horizontal ? y : x).Map(value);
        if (double.IsNaN(at))
            return;
        var across = horizontal ? x : y;
        var (from, to) = (SvgWriter.Number(across.Map(across.Low)), SvgWriter.Number(across.Map(across.High)));
        style.Draw(svg, horizontal ? $"M{from} {SvgWriter.Number(at)}H{to}" : $"M{SvgWriter.Number(at)} {from}V{to}");
    }
}
