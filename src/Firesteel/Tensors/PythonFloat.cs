using System.Globalization;
using System.Numerics;

namespace Firesteel;

/// <summary>
/// Floating-point numbers as Python's format writes them: the exact binary value, rounded half to even. (.NET rounds ties away from
/// zero, and powers of two are full of ties.)
/// </summary>
internal static class PythonFloat
{
    /// <summary><c>f"{value:.{precision}f}"</c>.</summary>
    public static string Fixed(double value, int precision)
    {
        if (!double.IsFinite(value)) return NotFinite(value);
        string digits = Scaled(value, precision).ToString(CultureInfo.InvariantCulture).PadLeft(precision + 1, '0');
        return Sign(value) + WithPoint(digits, digits.Length - precision);
    }

    /// <summary><c>f"{value:.{precision}e}"</c>.</summary>
    public static string Scientific(double value, int precision)
    {
        if (!double.IsFinite(value)) return NotFinite(value);
        int exponent = 0;
        string digits = new('0', precision + 1);
        if (value != 0)
        {
            // From one below the logarithm upwards, until no digit is left over: right for values near powers of ten, too.
            exponent = (int)Math.Floor(Math.Log10(Math.Abs(value))) - 2;
            do digits = Scaled(value, precision - ++exponent).ToString(CultureInfo.InvariantCulture);
            while (digits.Length > precision + 1);
        }
        return $"{Sign(value)}{WithPoint(digits, 1)}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture)}";
    }

    private static string NotFinite(double value) => double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";

    private static string Sign(double value) => double.IsNegative(value) ? "-" : "";

    private static string WithPoint(string digits, int at) => at == digits.Length ? digits : string.Concat(digits.AsSpan(0, at), ".", digits.AsSpan(at));

    /// <summary>|value| times a power of ten, rounded half to even.</summary>
    private static BigInteger Scaled(double value, int powerOfTen)
    {
        long bits = BitConverter.DoubleToInt64Bits(value);
        int biased = (int)((bits >> 52) & 0x7FF);
        long mantissa = bits & 0xF_FFFF_FFFF_FFFF;
        if (biased == 0) biased = 1;
        else mantissa |= 1L << 52;
        int powerOfTwo = biased - 1075;

        BigInteger numerator = mantissa, denominator = 1;
        if (powerOfTwo > 0) numerator <<= powerOfTwo;
        else denominator <<= -powerOfTwo;
        if (powerOfTen > 0) numerator *= BigInteger.Pow(10, powerOfTen);
        else denominator *= BigInteger.Pow(10, -powerOfTen);

        var quotient = BigInteger.DivRem(numerator, denominator, out var rest);
        int half = (rest << 1).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }
}
