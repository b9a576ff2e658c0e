using System.Numerics;
using System.Runtime.InteropServices;

namespace Firesteel;

/// <summary>The few steps that all factorizations spend their time in, on rows of matrices that lie in memory one element after another.</summary>
internal static class Rows
{
    /// <summary>The distance from 1 to the next larger number, halved: the relative error of one rounding.</summary>
    public static T Rounding<T>()
        where T : unmanaged, IFloatingPointIeee754<T> => typeof(T) == typeof(float) ? T.CreateTruncating(5.9604644775390625e-08) : T.CreateTruncating(1.1102230246251565e-16);

    /// <summary>The smallest number whose reciprocal does not overflow.</summary>
    public static T SmallestNormal<T>()
        where T : unmanaged, IFloatingPointIeee754<T> => typeof(T) == typeof(float) ? T.CreateTruncating(1.1754943508222875e-38) : T.CreateTruncating(2.2250738585072014e-308);

    /// <summary>The absolute value of one number with the sign of another.</summary>
    public static T WithSign<T>(T value, T sign)
        where T : unmanaged, IFloatingPointIeee754<T> => T.CopySign(value, sign);

    public static T Dot<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        y = y[..x.Length];
        T sum = T.Zero;
        int i = 0;
        if (x.Length >= 2 * Vector<T>.Count)
        {
            var a = MemoryMarshal.Cast<T, Vector<T>>(x);
            var b = MemoryMarshal.Cast<T, Vector<T>>(y);
            var total = Vector<T>.Zero;
            for (int v = 0; v < a.Length; v++) total += a[v] * b[v];
            sum = Vector.Sum(total);
            i = a.Length * Vector<T>.Count;
        }
        for (; i < x.Length; i++) sum += x[i] * y[i];
        return sum;
    }

    /// <summary>y += a x.</summary>
    public static void AddScaled<T>(Span<T> y, T a, ReadOnlySpan<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        x = x[..y.Length];
        int i = 0;
        if (y.Length >= 2 * Vector<T>.Count)
        {
            var p = MemoryMarshal.Cast<T, Vector<T>>(y);
            var q = MemoryMarshal.Cast<T, Vector<T>>(x);
            for (int v = 0; v < p.Length; v++) p[v] += q[v] * a;
            i = p.Length * Vector<T>.Count;
        }
        for (; i < y.Length; i++) y[i] += a * x[i];
    }

    public static void Scale<T>(Span<T> x, T a)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        foreach (ref T value in x) value *= a;
    }

    public static void Swap<T>(Span<T> x, Span<T> y)
        where T : unmanaged
    {
        for (int i = 0; i < x.Length; i++) (x[i], y[i]) = (y[i], x[i]);
    }

    /// <summary>The plane rotation (x, y) := (c x + s y, c y - s x).</summary>
    public static void Rotate<T>(Span<T> x, Span<T> y, T c, T s)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        for (int i = 0; i < x.Length; i++)
        {
            T p = x[i], q = y[i];
            x[i] = (c * p) + (s * q);
            y[i] = (c * q) - (s * p);
        }
    }

    /// <summary>The Euclidean norm, without overflow on the way.</summary>
    public static T Norm<T>(ReadOnlySpan<T> x)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T largest = T.Zero;
        foreach (T value in x) largest = T.Max(largest, T.Abs(value)); // Max hands NaN on
        if (largest == T.Zero || !T.IsFinite(largest)) return largest;
        T sum = T.Zero;
        foreach (T value in x)
        {
            T part = value / largest;
            sum += part * part;
        }
        return largest * T.Sqrt(sum);
    }

    /// <summary>The rotation that turns (f, g) into (r, 0); c is not negative.</summary>
    public static (T C, T S, T R) RotationFor<T>(T f, T g)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        if (g == T.Zero) return (T.One, T.Zero, f);
        if (f == T.Zero) return (T.Zero, WithSign(T.One, g), T.Abs(g));
        T length = T.Hypot(f, g), r = WithSign(length, f);
        return (T.Abs(f) / length, g / r, r);
    }

    /// <summary>Copies the transpose of a rows x columns matrix.</summary>
    public static void Transpose<T>(ReadOnlySpan<T> source, Span<T> target, int rows, int columns)
        where T : unmanaged
    {
        for (int i = 0; i < rows; i++)
            for (int j = 0; j < columns; j++) target[(j * rows) + i] = source[(i * columns) + j];
    }
}
