using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// Elementary functions of float32 vectors, within 2 units in the last place and right at infinities, NaN and denormals. Made of
/// single-rounding operations only (fused multiply-add included), so that every vector width gives the same bits.
/// </summary>
internal static class FloatVectors
{
    // ln 2, and in two parts: the first has trailing zeros, so that its product with a small integer is exact (W. Cody, W. Waite, 1980).
    private const float Ln2 = 0.69314718f;
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;
    private const float InvSqrtTwoPi = 0.39894228f;
    private const float Log2E = 1.44269504088896341f;

    /// <summary>1.5 * 2^23: adding it rounds to an integer, which then stands in the low bits.</summary>
    private const float Rounder = 12582912f;
    private const int RounderBits = 0x4B400000;

    /// <summary>e to the power x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Exp(Vector<float> x)
    {
        if (Vector.LessThanAll(Vector.Abs(x), new Vector<float>(87f))) return NormalExp(x);
        // Beyond these bounds the result is infinite or zero; within, the exponent below fits. What becomes of NaN here does not matter.
        var bounded = Vector.MinNative(Vector.MaxNative(x, new Vector<float>(-105f)), new Vector<float>(90f));
        var p = ExpParts(bounded, out var rounded);
        // Two factors, because 2^n itself can be infinite or denormal where the result is not.
        var n = Vector.AsVectorInt32(rounded) - new Vector<int>(RounderBits);
        var half = Vector.ShiftRightArithmetic(n, 1);
        var result = p * PowerOfTwo(half) * PowerOfTwo(n - half);
        return Vector.ConditionalSelect(Vector.Equals(x, x), result, x);
    }

    /// <summary>e to the power x where it is a normal number, |x| up to 87: the same bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> NormalExp(Vector<float> x)
    {
        var p = ExpParts(x, out var rounded);
        return Scale(p, rounded);
    }

    /// <summary>p 2^n, a normal number, with n in the low bits of <paramref name="rounded"/>; what the shift loses is that of the constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Scale(Vector<float> p, Vector<float> rounded) =>
        Vector.AsVectorSingle(Vector.AsVectorInt32(p) + Vector.ShiftLeft(Vector.AsVectorInt32(rounded), 23));

    /// <summary>e to the power x is 2^n times the result; n is in the low bits of <paramref name="rounded"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> ExpParts(Vector<float> x, out Vector<float> rounded)
    {
        rounded = Vector.FusedMultiplyAdd(x, new Vector<float>(Log2E), new Vector<float>(Rounder));
        var r = Remainder(x, rounded - new Vector<float>(Rounder));
        return Vector.FusedMultiplyAdd(Expm1Polynomial(r), r * r, r) + Vector<float>.One;
    }

    /// <summary>e to the power x, less 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Expm1(Vector<float> x)
    {
        var bounded = Vector.MinNative(Vector.MaxNative(x, new Vector<float>(-20f)), new Vector<float>(88.8f));
        var rounded = Vector.FusedMultiplyAdd(bounded, new Vector<float>(Log2E), new Vector<float>(Rounder));
        var n = rounded - new Vector<float>(Rounder);
        var r = Remainder(bounded, n);
        var p = Vector.FusedMultiplyAdd(Expm1Polynomial(r), r * r, r); // e^r - 1
        // 2^n (p + 1) - 1 = 2 (2^(n-1) p + (2^(n-1) - 1/2)); halves, so that 2^128 does not arise.
        var scale = PowerOfTwo(Vector.AsVectorInt32(rounded) - new Vector<int>(RounderBits + 1));
        var result = Vector.FusedMultiplyAdd(p, scale, scale - new Vector<float>(0.5f));
        result += result;
        // Where n is 0, p is the result, small x with all its digits and its sign included.
        result = Vector.ConditionalSelect(Vector.Equals(n, Vector<float>.Zero), p, result);
        result = Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(x), new Vector<float>(1e-7f)), x, result);
        return Vector.ConditionalSelect(Vector.Equals(x, x), result, x);
    }

    /// <summary>Hyperbolic tangent: t/(t + 2) with t = exp(2|x|) - 1, so that it keeps its digits near 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Tanh(Vector<float> x)
    {
        // tanh(10) is 1. A NaN goes through: the second argument is taken if they cannot be compared.
        var bounded = Vector.MinNative(new Vector<float>(10f), Vector.Abs(x));
        var rounded = Vector.FusedMultiplyAdd(bounded, new Vector<float>(2 * Log2E), new Vector<float>(Rounder));
        // One step of reduction is enough: the more it is off, the nearer the result is to 1.
        var r = Vector.FusedMultiplyAdd(rounded - new Vector<float>(Rounder), new Vector<float>(-Ln2), bounded + bounded);
        var scale = Scale(Vector<float>.One, rounded);
        var t = Vector.FusedMultiplyAdd(Vector.FusedMultiplyAdd(Expm1Polynomial(r), r * r, r), scale, scale - Vector<float>.One);
        var sign = Vector.AsVectorSingle(Vector.AsVectorInt32(x) & new Vector<int>(int.MinValue));
        return Vector.BitwiseOr(t / (t + new Vector<float>(2f)), sign);
    }

    /// <summary>1/(1 + exp(-x)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Sigmoid(Vector<float> x) => Vector<float>.One / (Vector<float>.One + Exp(-x));

    /// <summary>Natural logarithm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Log(Vector<float> x)
    {
        // Denormals are scaled up by 2^23 first.
        var tiny = Vector.LessThan(x, new Vector<float>(1.17549435e-38f));
        var scaled = Vector.ConditionalSelect(tiny, x * 8388608f, x);
        // x = 2^e m with m in [sqrt(1/2), sqrt(2)).
        var bits = Vector.AsVectorInt32(scaled) - new Vector<int>(0x3F3504F3);
        var e = Vector.ConvertToSingle(Vector.ShiftRightArithmetic(bits, 23)) - Vector.ConditionalSelect(tiny, new Vector<float>(23f), Vector<float>.Zero);
        var m = Vector.AsVectorSingle((bits & new Vector<int>(0x007FFFFF)) + new Vector<int>(0x3F3504F3));
        var f = m - Vector<float>.One;
        // log(1 + f) = f - f^2/2 + s (f^2/2 + R) with s = f/(2 + f) and R the rest of the series of 2 artanh(s) (as in fdlibm).
        var s = f / (f + new Vector<float>(2f));
        var z = s * s;
        var series = new Vector<float>(2f / 9f);
        series = Vector.FusedMultiplyAdd(series, z, new Vector<float>(2f / 7f));
        series = Vector.FusedMultiplyAdd(series, z, new Vector<float>(2f / 5f));
        series = Vector.FusedMultiplyAdd(series, z, new Vector<float>(2f / 3f));
        var rest = series * z;
        var halfSquare = f * f * 0.5f;
        var correction = Vector.FusedMultiplyAdd(s, halfSquare + rest, e * Ln2Low);
        var result = Vector.FusedMultiplyAdd(e, new Vector<float>(Ln2High), f - (halfSquare - correction));
        result = Vector.ConditionalSelect(Vector.Equals(x, Vector<float>.Zero), new Vector<float>(float.NegativeInfinity), result);
        result = Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), new Vector<float>(float.NaN), result);
        result = Vector.ConditionalSelect(Vector.Equals(x, new Vector<float>(float.PositiveInfinity)), x, result);
        return Vector.ConditionalSelect(Vector.Equals(x, x), result, x);
    }

    /// <summary>The error function: x P(x^2) up to 1, beyond that 1 - exp(-x^2) Q(1/(1 + x/2)); both polynomials are Chebyshev fits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Erf(Vector<float> x)
    {
        var z = x * x;
        var p = new Vector<float>(-9.673590284364764e-06f);
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(0.00011268253729213029f));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(-0.0008484396385028958f));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(0.005221053492277861f));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(-0.026865437626838684f));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(0.11283782869577408f));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(-0.37612637877464294f));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(1.128379225730896f));
        var small = x * p;

        var magnitude = Vector.MinNative(Vector.Abs(x), new Vector<float>(10f)); // erf(4) is 1 in float32, and exp(-100) is 0
        var t = Vector<float>.One / Vector.FusedMultiplyAdd(magnitude, new Vector<float>(0.5f), Vector<float>.One);
        var q = new Vector<float>(0.1202621079989859f);
        q = Vector.FusedMultiplyAdd(q, t, new Vector<float>(-0.47445799413343615f));
        q = Vector.FusedMultiplyAdd(q, t, new Vector<float>(0.5681912570407074f));
        q = Vector.FusedMultiplyAdd(q, t, new Vector<float>(-0.10769317318559045f));
        q = Vector.FusedMultiplyAdd(q, t, new Vector<float>(0.34980761483195405f));
        q = Vector.FusedMultiplyAdd(q, t, new Vector<float>(0.25910447221727256f));
        q = Vector.FusedMultiplyAdd(q, t, new Vector<float>(0.285005537881012f));
        q = Vector.FusedMultiplyAdd(q, t, new Vector<float>(-0.00016045761652144774f));
        var large = Vector.FusedMultiplyAdd(-Exp(-(magnitude * magnitude)), q, Vector<float>.One);
        var sign = Vector.AsVectorSingle(Vector.AsVectorInt32(x) & new Vector<int>(int.MinValue));
        // A NaN fails the comparison of both halves and comes out of x P(x^2).
        return Vector.ConditionalSelect(Vector.GreaterThan(Vector.Abs(x), Vector<float>.One), Vector.BitwiseOr(large, sign), small);
    }

    /// <summary>x times the standard normal distribution function of x.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Gelu(Vector<float> x) => Vector.FusedMultiplyAdd(x, NormalFromMiddle(x), x * 0.5f);

    /// <summary>The derivative of <see cref="Gelu"/>: the distribution function plus x times the density.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> GeluSlope(Vector<float> x)
    {
        // Farther out the density is less than any normal number, and what it adds nothing. A NaN goes through: the second argument is taken if they cannot be compared.
        var bounded = Vector.MinNative(new Vector<float>(13.1f), Vector.MaxNative(new Vector<float>(-13.1f), x));
        var density = NormalExp(bounded * bounded * -0.5f) * InvSqrtTwoPi;
        return Vector.FusedMultiplyAdd(bounded, density, NormalFromMiddle(x) + new Vector<float>(0.5f));
    }

    /// <summary>The standard normal distribution function less 1/2, with an absolute error of 1.5e-7: x P(x^2)/Q(x^2), a minimax fit that is 1/2 to the bit where it ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> NormalFromMiddle(Vector<float> x)
    {
        var bounded = Vector.MinNative(Vector.MaxNative(x, new Vector<float>(-5.500100135803223f)), new Vector<float>(5.500100135803223f));
        var z = bounded * bounded;
        var p = Vector.FusedMultiplyAdd(new Vector<float>(2.26360885591248e-08f), z, new Vector<float>(6.291702447924763e-06f));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(0.00016632369079161435f));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(0.004661743529140949f));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(0.033653195947408676f));
        p = Vector.FusedMultiplyAdd(p, z, new Vector<float>(0.3989422619342804f));
        var q = Vector.FusedMultiplyAdd(new Vector<float>(1.1897166132257553e-06f), z, new Vector<float>(7.261473365360871e-05f));
        q = Vector.FusedMultiplyAdd(q, z, new Vector<float>(0.0018706112168729305f));
        q = Vector.FusedMultiplyAdd(q, z, new Vector<float>(0.028523121029138565f));
        q = Vector.FusedMultiplyAdd(q, z, new Vector<float>(0.2510223686695099f));
        q = Vector.FusedMultiplyAdd(q, z, Vector<float>.One);
        return bounded * p / q;
    }

    /// <summary>x - n ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Remainder(Vector<float> x, Vector<float> n) =>
        Vector.FusedMultiplyAdd(n, new Vector<float>(-Ln2Low), Vector.FusedMultiplyAdd(n, new Vector<float>(-Ln2High), x));

    /// <summary>(e^r - 1 - r) / r^2 for |r| up to ln(2)/2: a minimax fit with an error of 3e-9 of e^r.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> Expm1Polynomial(Vector<float> r)
    {
        var p = Vector.FusedMultiplyAdd(new Vector<float>(0.001381422160193324f), r, new Vector<float>(0.00836889911442995f));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(0.04166840389370918f));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<float>(0.1666651964187622f));
        return Vector.FusedMultiplyAdd(p, r, new Vector<float>(0.4999999403953552f));
    }

    /// <summary>2 to an integer power in -126..127.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector<float> PowerOfTwo(Vector<int> n) => Vector.AsVectorSingle(Vector.ShiftLeft(n + new Vector<int>(127), 23));
}
