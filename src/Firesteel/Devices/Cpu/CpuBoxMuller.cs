using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firesteel;

/// <summary>
/// Box and Muller's transformation of 16 float32 numbers at once: the first eight are the radii, the last eight the angles. Logarithm,
/// sine and cosine are Cephes' single precision approximations, evaluated with fused multiply-adds in the order in which PyTorch's
/// AVX2 kernel does, so that the numbers are the same bits.
/// </summary>
internal static unsafe class CpuBoxMuller
{
    /// <summary>Turns 16 uniform numbers of [0, 1) into normal numbers, in place.</summary>
    public static void Transform(float* data, float mean, float std)
    {
        var u1 = Vector256<float>.One - Vector256.Load(data);
        var theta = Vector256.Create((float)(2 * Math.PI)) * Vector256.Load(data + 8);
        var radius = Vector256.Sqrt(Vector256.Create(-2f) * Log(u1));
        var (sin, cos) = SinCos(theta);
        Vector256.FusedMultiplyAdd(radius * cos, Vector256.Create(std), Vector256.Create(mean)).Store(data);
        Vector256.FusedMultiplyAdd(radius * sin, Vector256.Create(std), Vector256.Create(mean)).Store(data + 8);
    }

    /// <summary>The logarithm of normal numbers above 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Log(Vector256<float> x)
    {
        // x = m 2^e with m in [sqrt(1/2), sqrt(2)), then a polynomial in m - 1.
        var e = Vector256.ConvertToSingle((x.AsInt32() >>> 23) - Vector256.Create(126));
        var m = (x.AsInt32() & Vector256.Create(0x7FFFFF)).AsSingle() | Vector256.Create(0.5f);
        var small = Vector256.LessThan(m, Vector256.Create(0.707106781186547524f));
        var extra = m & small;
        m -= Vector256<float>.One;
        e -= Vector256<float>.One & small;
        m += extra;

        var square = m * m;
        var y = Vector256.Create(7.0376836292e-2f);
        y = Fma(y, m, -1.1514610310e-1f);
        y = Fma(y, m, 1.1676998740e-1f);
        y = Fma(y, m, -1.2420140846e-1f);
        y = Fma(y, m, 1.4249322787e-1f);
        y = Fma(y, m, -1.6668057665e-1f);
        y = Fma(y, m, 2.0000714765e-1f);
        y = Fma(y, m, -2.4999993993e-1f);
        y = Fma(y, m, 3.3333331174e-1f);
        y = Vector256.FusedMultiplyAdd(y * m, square, e * Vector256.Create(-2.12194440e-4f));
        y = Vector256.FusedMultiplyAdd(square, Vector256.Create(-0.5f), y);
        return Vector256.FusedMultiplyAdd(e, Vector256.Create(0.693359375f), m + y);
    }

    /// <summary>Sine and cosine of numbers that are not negative.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector256<float> Sin, Vector256<float> Cos) SinCos(Vector256<float> x)
    {
        // The even octant j nearest to x, then both polynomials in x - j pi/4, taken off in three parts.
        var octant = (Vector256.ConvertToInt32Native(x * Vector256.Create(1.27323954473516f)) + Vector256<int>.One) & Vector256.Create(~1);
        var j = Vector256.ConvertToSingle(octant);
        x = Vector256.FusedMultiplyAdd(j, Vector256.Create(-0.78515625f), x);
        x = Vector256.FusedMultiplyAdd(j, Vector256.Create(-2.4187564849853515625e-4f), x);
        x = Vector256.FusedMultiplyAdd(j, Vector256.Create(-3.77489497744594108e-8f), x);
        var square = x * x;

        var even = Vector256.Create(2.443315711809948e-5f);
        even = Fma(even, square, -1.388731625493765e-3f);
        even = Fma(even, square, 4.166664568298827e-2f);
        even = Vector256.FusedMultiplyAdd(even * square, square, square * Vector256.Create(-0.5f)) + Vector256<float>.One;

        var odd = Vector256.Create(-1.9515295891e-4f);
        odd = Fma(odd, square, 8.3321608736e-3f);
        odd = Fma(odd, square, -1.6666654611e-1f);
        odd = Vector256.FusedMultiplyAdd(odd * square, x, x);

        var straight = Vector256.Equals(octant & Vector256.Create(2), Vector256<int>.Zero).AsSingle();
        var sinSign = ((octant & Vector256.Create(4)) << 29).AsSingle();
        var cosSign = (Vector256.AndNot(Vector256.Create(4), octant - Vector256.Create(2)) << 29).AsSingle();
        return (Vector256.ConditionalSelect(straight, odd, even) ^ sinSign, Vector256.ConditionalSelect(straight, even, odd) ^ cosSign);
    }

    private static Vector256<float> Fma(Vector256<float> a, Vector256<float> b, float c) => Vector256.FusedMultiplyAdd(a, b, Vector256.Create(c));
}
