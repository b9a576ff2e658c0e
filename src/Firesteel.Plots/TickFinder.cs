using System.Globalization;

namespace Firesteel.Plots;

/// <summary>Chooses where an axis has ticks and what stands beside them.</summary>
internal static class TickFinder
{
    private const string Minus = "\u2212";

    /// <summary>Ticks between two limits (in either order), at most <paramref name="most"/> with a label.</summary>
    public static List<Tick> Find(double low, double high, bool log, int most, bool wholeNumbers = false)
    {
        if (low > high)
            (low, high) = (high, low);
        most = Math.Max(most, 2);
        return log ? Logarithmic(low, high, most) : Linear(low, high, most, wholeNumbers);
    }

    /// <summary>The smallest of 1, 2 and 5 times a power of ten that cuts the range into at most <paramref name="most"/> - 1 parts.</summary>
    public static (int Mantissa, int Exponent) Step(double low, double high, int most)
    {
        // Half the range over half the parts: the range itself may be too large for a double.
        var raw = ((high / 2) - (low / 2)) / ((most - 1) / 2.0);
        var exponent = (int)Math.Floor(Math.Log10(raw));
        foreach (var mantissa in (ReadOnlySpan<int>)[1, 2, 5])
            if (Scale(mantissa, exponent) >= raw * (1 - 1e-9))
                return (mantissa, exponent);
        return (1, exponent + 1);
    }

    private static List<Tick> Linear(double low, double high, int most, bool wholeNumbers)
    {
        var (mantissa, exponent) = Step(low, high, most);
        if (wholeNumbers && exponent < 0 && Math.Floor(high) - Math.Ceiling(low) >= 1)
            (mantissa, exponent) = (1, 0);
        var step = Scale(mantissa, exponent);
        var slack = 1e-9;
        var first = Math.Ceiling((low / step) - slack);
        var last = Math.Floor((high / step) + slack);
        // A range far from zero and narrower than a double can tell apart could give the same tick for ever.
        var values = new List<double>();
        for (var i = first; i <= last && values.Count <= most + 1; i++)
        {
            // i * mantissa is a whole number, so that 3 * 0.1 comes out as 0.3.
            values.Add(Scale(i * mantissa, exponent));
            if (i + 1 == i)
                break;
        }
        return Label(values, exponent);
    }

    private static List<Tick> Label(List<double> values, int stepExponent)
    {
        var largest = values.Count == 0 ? 0 : values.Max(Math.Abs);
        var top = largest > 0 ? (int)Math.Floor(Math.Log10(largest) + 1e-12) : 0;
        var decimals = Math.Max(0, -stepExponent);
        var mantissaDecimals = Math.Max(0, top - stepExponent);
        var plainLength = Math.Max(top + 1, 1) + (decimals > 0 ? 1 + decimals : 0);
        var scientificLength = 1 + (mantissaDecimals > 0 ? 1 + mantissaDecimals : 0) + 4;
        if (plainLength > 6 && scientificLength < plainLength)
            return [.. values.Select(v => Scientific(v, top, mantissaDecimals))];
        return [.. values.Select(v => new Tick(v, Number(v, decimals)))];
    }

    private static Tick Scientific(double value, int exponent, int decimals)
    {
        if (value == 0)
            return new Tick(0, "0");
        // One exponent for the whole axis, so that its labels can be compared at a glance.
        var mantissa = Scale(value, -exponent);
        return new Tick(value, Number(mantissa, Math.Min(decimals, 15)) + "\u00d710", Number(exponent, 0));
    }

    private static List<Tick> Logarithmic(double low, double high, int most)
    {
        var first = (int)Math.Ceiling(Math.Log10(low) - 1e-9);
        var last = (int)Math.Floor(Math.Log10(high) + 1e-9);
        var decades = last - first + 1;
        if (decades < 2)
        {
            // Less than two powers of ten: 1, 2, 5 if that gives two labels, else the linear choice, which always does.
            var between = new List<Tick>();
            for (var e = first - 1; e <= last; e++)
                foreach (var m in (ReadOnlySpan<int>)[1, 2, 5])
                    if (Scale(m, e) is var value && value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9))
                        between.Add(e is >= -4 and <= 5 ? new Tick(value, Number(value, Math.Max(0, -e))) : Scientific(value, e, 0));
            return between.Count >= 2 && between.Count <= most + 1 ? WithMinor(between, low, high) : Linear(low, high, most, false);
        }
        var stride = ((decades - 1) / most) + 1;
        var ticks = new List<Tick>();
        var plain = first >= -3 && last <= 4;
        // Whole multiples of the stride, so that the labels do not move when the limits do a little.
        for (var e = (int)Math.Ceiling(first / (double)stride) * stride; e <= last; e += stride)
            ticks.Add(plain ? new Tick(Scale(1, e), Number(Scale(1, e), Math.Max(0, -e))) : new Tick(Scale(1, e), "10", Number(e, 0)));
        return stride == 1 && decades <= 10 ? WithMinor(ticks, low, high) : ticks;
    }

    private static List<Tick> WithMinor(List<Tick> ticks, double low, double high)
    {
        var major = ticks.Select(t => t.Value).ToHashSet();
        for (var e = (int)Math.Floor(Math.Log10(low)); e <= (int)Math.Floor(Math.Log10(high)); e++)
            for (var m = 1; m <= 9; m++)
                if (Scale(m, e) is var value && value >= low && value <= high && !major.Contains(value))
                    ticks.Add(new Tick(value, ""));
        return ticks;
    }

    /// <summary>value * 10^exponent, dividing by exact powers of ten where that is exact, and in two halves where one would overflow.</summary>
    private static double Scale(double value, int exponent)
    {
        if (exponent >= 0)
            return exponent <= 300 ? value * Math.Pow(10, exponent) : value * Math.Pow(10, exponent - 150) * 1e150;
        return exponent >= -300 ? value / Math.Pow(10, -exponent) : value / Math.Pow(10, -exponent - 150) / 1e150;
    }

    private static string Number(double value, int decimals)
    {
        var text = Math.Abs(value).ToString("F" + decimals.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return value < 0 ? Minus + text : text;
    }
}
