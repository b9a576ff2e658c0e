using System.Globalization;

namespace Firesteel.Plots.Artists;

/// <summary>How a number is written inside a cell of a heat map: whole numbers whole, others with two decimals.</summary>
internal static class CellText
{
    public static string Format(double value)
    {
        if (!double.IsFinite(value))
            return "";
        var size = Math.Abs(value);
        var text = size == Math.Truncate(size) && size < 1e6 ? size.ToString("F0", CultureInfo.InvariantCulture)
            : size is >= 0.005 and < 1e4 ? size.ToString("F2", CultureInfo.InvariantCulture)
            : size.ToString("0.#e0", CultureInfo.InvariantCulture).Replace("-", "\u2212", StringComparison.Ordinal);
        return value < 0 ? "\u2212" + text : text;
    }
}
