namespace Firesteel.Plots;

/// <summary>Counts values in equal bins, as <c>numpy.histogram</c> does: the last bin holds its upper edge too.</summary>
internal static class Histogram
{
    public static (double[] Edges, double[] Counts) Count(double[] values, int bins)
    {
        var finite = values.Where(double.IsFinite).ToArray();
        var (low, high) = finite.Length > 0 ? (finite.Min(), finite.Max()) : (0, 1);
        if (low == high)
            (low, high) = (low - 0.5, high + 0.5);
        var edges = new double[bins + 1];
        for (var i = 0; i <= bins; i++)
            edges[i] = (low * ((bins - i) / (double)bins)) + (high * (i / (double)bins));
        edges[bins] = high;
        var counts = new double[bins];
        foreach (var value in finite)
        {
            var t = ((value / 2) - (low / 2)) / ((high / 2) - (low / 2));
            var bin = double.IsFinite(t) ? Math.Clamp((int)(t * bins), 0, bins - 1) : 0;
            // The edges decide, not the rounding of the division.
            if (value < edges[bin])
                bin--;
            else if (bin < bins - 1 && value >= edges[bin + 1])
                bin++;
            counts[Math.Clamp(bin, 0, bins - 1)]++;
        }
        return (edges, counts);
    }
}
