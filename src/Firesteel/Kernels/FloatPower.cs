using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>Powers of float32 vectors, as C's pow has them at all edges. The logarithm and its product with the exponent are in double precision, so that one rounding is left.</summary>
internal static class FloatPower
{
    /// <summary>x to the power y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Pow(Vector<float> x, Vector<float> y)
    {
        // A larger exponent gives what an infinite one gives, except that 0 times it is 0.
        var bounded = Vector.MinNative(Vector.MaxNative(y, new Vector<float>(-1.15e18f)), new Vector<float>(1.15e18f));
        Vector.Widen(Vector.Abs(x), out var x0, out var x1);
        Vector.Widen(bounded, out var y0, out var y1);
        var size = Vector.Narrow(Exp2(y0 * Log2(x0)), Exp2(y1 * Log2(x1)));

        var half = y * 0.5f;
        var integer = Vector.Equals(Vector.Floor(y), y);
        var odd = Vector.AndNot(integer, Vector.Equals(Vector.Floor(half), half));
        var result = Vector.AsVectorSingle(Vector.AsVectorInt32(size) | (Vector.AsVectorInt32(x) & odd & new Vector<int>(int.MinValue)));
        var undefined = Vector.AndNot(Vector.LessThan(x, Vector<float>.Zero) & Vector.GreaterThan(x, new Vector<float>(float.NegativeInfinity)), integer);
        result = Vector.ConditionalSelect(undefined, new Vector<float>(float.NaN), result);
        var sum = x + y;
        // Infinities of both signs have no sum, but a power.
        result = Vector.ConditionalSelect(Vector.Equals(x, x) & Vector.Equals(y, y), result, sum);
        return Vector.ConditionalSelect(Vector.Equals(y, Vector<float>.Zero) | Vector.Equals(x, Vector<float>.One), Vector<float>.One, result);
    }

    /// <summary>The logarithm to base 2 of numbers from 0 to infinity that are not denormal, to 2^-38.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Log2(Vector<double> x)
    {
        // x = 2^e m with m in [sqrt(1/2), sqrt(2)); the exponent is kept positive while it is shifted, and becomes a double by standing in the low bits of one.
        const long SqrtHalf = 0x3FE6A09E667F3BCD, One = 0x3FF0000000000000, Shifter = 0x4330000000000000;
        var bits = Vector.AsVectorInt64(x) - new Vector<long>(SqrtHalf);
        var e = Vector.AsVectorDouble(Vector.ShiftRightLogical(bits + new Vector<long>(One), 52) | new Vector<long>(Shifter)) - new Vector<double>(4503599627370496.0 + 1023);
        var m = Vector.AsVectorDouble((bits & new Vector<long>(0x000FFFFFFFFFFFFF)) + new Vector<long>(SqrtHalf));
        // log2(m) = 2/ln(2) artanh(s).
        var s = (m - Vector<double>.One) / (m + Vector<double>.One);
        var z = s * s;
        var p = Vector.FusedMultiplyAdd(new Vector<double>(2.8853900817779268 / 13), z, new Vector<double>(2.8853900817779268 / 11));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<double>(2.8853900817779268 / 9));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<double>(2.8853900817779268 / 7));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<double>(2.8853900817779268 / 5));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<double>(2.8853900817779268 / 3));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<double>(2.8853900817779268));
        var result = Vector.FusedMultiplyAdd(p, s, e);
        result = Vector.ConditionalSelect(Vector.Equals(x, Vector<double>.Zero), new Vector<double>(double.NegativeInfinity), result);
        return Vector.ConditionalSelect(Vector.Equals(x, new Vector<double>(double.PositiveInfinity)), x, result);
    }

    /// <summary>2 to the power x, to 2^-30; beyond 1000 in size what it is there, which float32 cannot tell from infinity and 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<double> Exp2(Vector<double> x)
    {
        const double Rounder = 6755399441055744; // 1.5 * 2^52
        var bounded = Vector.MinNative(Vector.MaxNative(x, new Vector<double>(-1000)), new Vector<double>(1000));
        var rounded = bounded + new Vector<double>(Rounder);
        var r = (bounded - (rounded - new Vector<double>(Rounder))) * 0.6931471805599453;
        var p = Vector.FusedMultiplyAdd(new Vector<double>(1.0 / 40320), r, new Vector<double>(1.0 / 5040));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<double>(1.0 / 720));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<double>(1.0 / 120));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<double>(1.0 / 24));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<double>(1.0 / 6));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<double>(0.5));
        p = Vector.FusedMultiplyAdd(p, r, Vector<double>.One);
        p = Vector.FusedMultiplyAdd(p, r, Vector<double>.One);
        return Vector.AsVectorDouble(Vector.AsVectorInt64(p) + Vector.ShiftLeft(Vector.AsVectorInt64(rounded), 52));
    }
}
