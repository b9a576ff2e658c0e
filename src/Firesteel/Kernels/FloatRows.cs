using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>A formula over up to three vectors, as a struct that carries its constants.</summary>
internal interface IFloatFormula
{
    Vector<float> Of(Vector<float> a, Vector<float> b, Vector<float> c);
}

/// <summary>
/// The loops over runs of float32 that fused kernels are made of. Elements that do not fill a vector go through a whole one as well, so that an
/// element's bits do not depend on where it stands; sums are those of <see cref="CpuReduction{T, TOp}"/>, so that they do not depend on the width of vectors.
/// </summary>
internal static unsafe class FloatRows
{
    /// <summary>y[i] = formula(a[i]); y may be a.</summary>
    public static void Map<TFormula>(TFormula formula, float* a, float* y, long n)
        where TFormula : struct, IFloatFormula => Map(formula, a, a, a, y, n);

    /// <summary>y[i] = formula(a[i], b[i]); y may be a or b.</summary>
    public static void Map<TFormula>(TFormula formula, float* a, float* b, float* y, long n)
        where TFormula : struct, IFloatFormula => Map(formula, a, b, a, y, n);

    /// <summary>y[i] = formula(a[i], b[i], c[i]); y may be a, b or c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Map<TFormula>(TFormula formula, float* a, float* b, float* c, float* y, long n)
        where TFormula : struct, IFloatFormula
    {
        int width = Vector<float>.Count;
        if (n < width)
        {
            Few(formula, a, b, c, y, (int)n);
            return;
        }
        // The last vector overlaps the one before; it is computed first, because y may be an operand.
        long last = n - width;
        var end = formula.Of(Vector.Load(a + last), Vector.Load(b + last), Vector.Load(c + last));
        for (long i = 0; i < last; i += width) Vector.Store(formula.Of(Vector.Load(a + i), Vector.Load(b + i), Vector.Load(c + i)), y + i);
        Vector.Store(end, y + last);
    }

    private static void Few<TFormula>(TFormula formula, float* a, float* b, float* c, float* y, int n)
        where TFormula : struct, IFloatFormula
    {
        Store(formula.Of(Load(a, n), Load(b, n), Load(c, n)), y, n);
    }

    /// <summary>The first <paramref name="n"/> elements, fewer than a vector has; zeros behind them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Load(float* source, int n)
    {
        Vector<float> value = default;
        float* to = (float*)&value;
        for (int i = 0; i < n; i++) to[i] = source[i];
        return value;
    }

    /// <summary>Writes the first <paramref name="n"/> elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector<float> value, float* target, int n)
    {
        float* from = (float*)&value;
        for (int i = 0; i < n; i++) target[i] = from[i];
    }

    /// <summary>The sum of formula(a[i], b[i], c[i]).</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float SumOf<TFormula>(TFormula formula, float* a, float* b, float* c, long n)
        where TFormula : struct, IFloatFormula
    {
        const int Block = 1024;
        float* terms = stackalloc float[Block];
        if (n <= Block)
        {
            Map(formula, a, b, c, terms, n);
            return CpuReduction<float, SumReduction<float>>.Block(terms, (int)n);
        }
        var total = default(Pairwise<float, SumReduction<float>>);
        for (long i = 0; i < n; i += Block)
        {
            int count = (int)Math.Min(Block, n - i);
            Map(formula, a + i, b + i, c + i, terms, count);
            total.Add(CpuReduction<float, SumReduction<float>>.Block(terms, count));
        }
        return total.Result;
    }

    /// <summary>The largest element; of a run with NaN it may be any.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Max(float* source, long n)
    {
        int width = Vector<float>.Count;
        if (n < width)
        {
            float most = source[0];
            for (long i = 1; i < n; i++) most = source[i] > most ? source[i] : most;
            return most;
        }
        // The last vectors overlap those before, which changes no maximum.
        Vector<float> m0 = Vector.Load(source + n - width), m1 = m0, m2 = m0, m3 = m0;
        long at = 0;
        for (; at <= n - 4 * width; at += 4 * width)
        {
            m0 = Vector.MaxNative(m0, Vector.Load(source + at));
            m1 = Vector.MaxNative(m1, Vector.Load(source + at + width));
            m2 = Vector.MaxNative(m2, Vector.Load(source + at + 2 * width));
            m3 = Vector.MaxNative(m3, Vector.Load(source + at + 3 * width));
        }
        for (; at < n - width; at += width) m0 = Vector.MaxNative(m0, Vector.Load(source + at));
        // Not m0 itself: a vector whose address is taken stays in memory, in the loops too.
        var all = Vector.MaxNative(Vector.MaxNative(m0, m1), Vector.MaxNative(m2, m3));
        float* lanes = (float*)&all;
        float max = lanes[0];
        for (int i = 1; i < width; i++) max = lanes[i] > max ? lanes[i] : max;
        return max;
    }

    public static float Sum(float* source, long n) => CpuReduction<float, SumReduction<float>>.Run(source, n);
}
