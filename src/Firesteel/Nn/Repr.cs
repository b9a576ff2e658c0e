using System.Globalization;

namespace Firesteel.Nn;

/// <summary>Values as Python prints them.</summary>
internal static class Repr
{
    /// <summary>A float: <c>1.0</c>, <c>0.01</c>, <c>1e-05</c>.</summary>
    public static string Of(double value)
    {
        double size = Math.Abs(value);
        if (value == Math.Floor(value) && size < 1e16) return value.ToString("F1", CultureInfo.InvariantCulture);
        // Python turns to exponents below 1e-4, .NET below 1e-5.
        if (size is >= 1e-5 and < 1e-4) return value.ToString("0.################e-00", CultureInfo.InvariantCulture);
        return value.ToString("R", CultureInfo.InvariantCulture).Replace('E', 'e');
    }

    /// <summary>A number that is usually given as an integer: <c>20</c>, <c>0.5</c>.</summary>
    public static string Integer(double value) => value == Math.Floor(value) && Math.Abs(value) < 1e16 ? value.ToString("F0", CultureInfo.InvariantCulture) : Of(value);

    /// <summary><c>True</c> or <c>False</c>.</summary>
    public static string Of(bool value) => value ? "True" : "False";

    /// <summary>A number or None.</summary>
    public static string Of(long? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "None";

    /// <summary>A tuple: <c>(3, 4)</c>, <c>(3,)</c>.</summary>
    public static string Tuple(ReadOnlySpan<long> values) => values.Length == 1 ? $"({values[0]},)" : $"({string.Join(", ", values.ToArray())})";

    /// <summary>The option that many activations end with, <c>inplace=True</c>, or nothing.</summary>
    public static string Inplace(bool inplace, string before = "") => inplace ? before.Length == 0 ? "inplace=True" : before + ", inplace=True" : before;
}
