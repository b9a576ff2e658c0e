using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Firesteel;

/// <summary>What a reduction does with two values, for scalars and for every vector width. The operation is taken as associative and commutative.</summary>
internal interface IReduction<T>
    where T : unmanaged, INumber<T>
{
    static abstract T Identity { get; }

    static abstract T Combine(T a, T b);

    static abstract Vector128<T> Combine(Vector128<T> a, Vector128<T> b);

    static abstract Vector256<T> Combine(Vector256<T> a, Vector256<T> b);

    static abstract Vector512<T> Combine(Vector512<T> a, Vector512<T> b);
}

/// <summary>Sum.</summary>
internal readonly struct SumReduction<T> : IReduction<T>
    where T : unmanaged, INumber<T>
{
    public static T Identity => T.Zero;

    public static T Combine(T a, T b) => a + b;

    public static Vector128<T> Combine(Vector128<T> a, Vector128<T> b) => a + b;

    public static Vector256<T> Combine(Vector256<T> a, Vector256<T> b) => a + b;

    public static Vector512<T> Combine(Vector512<T> a, Vector512<T> b) => a + b;
}

/// <summary>Product.</summary>
internal readonly struct ProdReduction<T> : IReduction<T>
    where T : unmanaged, INumber<T>
{
    public static T Identity => T.One;

    public static T Combine(T a, T b) => a * b;

    public static Vector128<T> Combine(Vector128<T> a, Vector128<T> b) => a * b;

    public static Vector256<T> Combine(Vector256<T> a, Vector256<T> b) => a * b;

    public static Vector512<T> Combine(Vector512<T> a, Vector512<T> b) => a * b;
}

/// <summary>Maximum; NaN wins, and +0 is above -0 at every width.</summary>
internal readonly struct MaxReduction<T> : IReduction<T>
    where T : unmanaged, INumber<T>
{
    public static T Identity => T.CreateSaturating(double.NegativeInfinity);

    public static T Combine(T a, T b) => T.Max(a, b);

    public static Vector128<T> Combine(Vector128<T> a, Vector128<T> b) => Vector128.Max(a, b);

    public static Vector256<T> Combine(Vector256<T> a, Vector256<T> b) => Vector256.Max(a, b);

    public static Vector512<T> Combine(Vector512<T> a, Vector512<T> b) => Vector512.Max(a, b);
}

/// <summary>Minimum; NaN wins, and -0 is below +0 at every width.</summary>
internal readonly struct MinReduction<T> : IReduction<T>
    where T : unmanaged, INumber<T>
{
    public static T Identity => T.CreateSaturating(double.PositiveInfinity);

    public static T Combine(T a, T b) => T.Min(a, b);

    public static Vector128<T> Combine(Vector128<T> a, Vector128<T> b) => Vector128.Min(a, b);

    public static Vector256<T> Combine(Vector256<T> a, Vector256<T> b) => Vector256.Min(a, b);

    public static Vector512<T> Combine(Vector512<T> a, Vector512<T> b) => Vector512.Min(a, b);
}

/// <summary>
/// The inner loops of reductions. A run of elements is always laid out over 256 bytes of lanes, whatever the width of the vectors, and
/// the lanes are folded in halves; so the bits of a result do not depend on the processor.
/// </summary>
internal static unsafe class CpuReduction<T, TOp>
    where T : unmanaged, INumber<T>
    where TOp : struct, IReduction<T>
{
    /// <summary>Elements that <see cref="Block"/> takes at once; longer runs are combined from blocks as a balanced tree.</summary>
    public static int BlockSize => 4096 / sizeof(T);

    private static int Lanes => 256 / sizeof(T);

    /// <summary>Reduces a contiguous run.</summary>
    public static T Run(T* source, long count)
    {
        if (count <= BlockSize) return Block(source, (int)count);
        var partials = new Pairwise<T, TOp>();
        for (long i = 0; i < count; i += BlockSize) partials.Add(Block(source + i, (int)Math.Min(BlockSize, count - i)));
        return partials.Result;
    }

    /// <summary>Reduces a contiguous run of at most <see cref="BlockSize"/> elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // fast from the first call: the vector code is some 20 times slower before it is optimized
    public static T Block(T* source, int count)
    {
        int step = 16 / sizeof(T), group = 64 / sizeof(T);
        if (count < group) return Short(source, count);
        int whole = count / Lanes * Lanes, groups = count / group * group;
        Vector128<T> folded;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<T> a0 = Vector512.Create(TOp.Identity), a1 = a0, a2 = a0, a3 = a0;
            int i = 0;
            for (; i < whole; i += Lanes)
            {
                a0 = TOp.Combine(a0, Vector512.Load(source + i));
                a1 = TOp.Combine(a1, Vector512.Load(source + i + 4 * step));
                a2 = TOp.Combine(a2, Vector512.Load(source + i + 8 * step));
                a3 = TOp.Combine(a3, Vector512.Load(source + i + 12 * step));
            }
            if (i < groups) a0 = TOp.Combine(a0, Vector512.Load(source + i));
            if (i + group < groups) a1 = TOp.Combine(a1, Vector512.Load(source + i + group));
            if (i + 2 * group < groups) a2 = TOp.Combine(a2, Vector512.Load(source + i + 2 * group));
            var sum = TOp.Combine(TOp.Combine(a0, a2), TOp.Combine(a1, a3));
            var half = TOp.Combine(sum.GetLower(), sum.GetUpper());
            folded = TOp.Combine(half.GetLower(), half.GetUpper());
        }
        else if (Vector256.IsHardwareAccelerated)
        {
            Vector256<T> a0 = Vector256.Create(TOp.Identity), a1 = a0, a2 = a0, a3 = a0, a4 = a0, a5 = a0, a6 = a0, a7 = a0;
            int i = 0;
            for (; i < whole; i += Lanes)
            {
                a0 = TOp.Combine(a0, Vector256.Load(source + i));
                a1 = TOp.Combine(a1, Vector256.Load(source + i + 2 * step));
                a2 = TOp.Combine(a2, Vector256.Load(source + i + 4 * step));
                a3 = TOp.Combine(a3, Vector256.Load(source + i + 6 * step));
                a4 = TOp.Combine(a4, Vector256.Load(source + i + 8 * step));
                a5 = TOp.Combine(a5, Vector256.Load(source + i + 10 * step));
                a6 = TOp.Combine(a6, Vector256.Load(source + i + 12 * step));
                a7 = TOp.Combine(a7, Vector256.Load(source + i + 14 * step));
            }
            if (i < groups)
            {
                a0 = TOp.Combine(a0, Vector256.Load(source + i));
                a1 = TOp.Combine(a1, Vector256.Load(source + i + 2 * step));
            }
            if (i + group < groups)
            {
                a2 = TOp.Combine(a2, Vector256.Load(source + i + group));
                a3 = TOp.Combine(a3, Vector256.Load(source + i + group + 2 * step));
            }
            if (i + 2 * group < groups)
            {
                a4 = TOp.Combine(a4, Vector256.Load(source + i + 2 * group));
                a5 = TOp.Combine(a5, Vector256.Load(source + i + 2 * group + 2 * step));
            }
            a0 = TOp.Combine(TOp.Combine(a0, a4), TOp.Combine(a2, a6));
            a1 = TOp.Combine(TOp.Combine(a1, a5), TOp.Combine(a3, a7));
            a0 = TOp.Combine(a0, a1);
            folded = TOp.Combine(a0.GetLower(), a0.GetUpper());
        }
        else
        {
            folded = BlockOf128(source, whole, groups);
        }
        T result = FoldLast(folded);
        return groups < count ? TOp.Combine(result, Short(source + groups, count - groups)) : result;
    }

    /// <summary>The same lanes in vectors of 128 bits, or in software where there are none.</summary>
    internal static Vector128<T> BlockOf128(T* source, int whole, int groups)
    {
        int step = 16 / sizeof(T);
        Vector128<T>* lanes = stackalloc Vector128<T>[16];
        for (int v = 0; v < 16; v++) lanes[v] = Vector128.Create(TOp.Identity);
        for (int i = 0; i < whole; i += Lanes)
        {
            for (int v = 0; v < 16; v++) lanes[v] = TOp.Combine(lanes[v], Vector128.Load(source + i + v * step));
        }
        for (int i = whole, v = 0; i < groups; i += step, v++) lanes[v] = TOp.Combine(lanes[v], Vector128.Load(source + i));
        for (int half = 8; half > 0; half /= 2)
        {
            for (int v = 0; v < half; v++) lanes[v] = TOp.Combine(lanes[v], lanes[v + half]);
        }
        return lanes[0];
    }

    internal static T FoldLast(Vector128<T> folded)
    {
        if (sizeof(T) == 8) return TOp.Combine(folded[0], folded[1]);
        return TOp.Combine(TOp.Combine(folded[0], folded[2]), TOp.Combine(folded[1], folded[3]));
    }

    /// <summary>A few elements, in four chains so that they need not wait for each other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Short(T* source, int count)
    {
        T a = TOp.Identity, b = a, c = a, d = a;
        int i = 0;
        for (; i <= count - 4; i += 4)
        {
            a = TOp.Combine(a, source[i]);
            b = TOp.Combine(b, source[i + 1]);
            c = TOp.Combine(c, source[i + 2]);
            d = TOp.Combine(d, source[i + 3]);
        }
        if (i < count) a = TOp.Combine(a, source[i]);
        if (i + 1 < count) b = TOp.Combine(b, source[i + 1]);
        if (i + 2 < count) c = TOp.Combine(c, source[i + 2]);
        return TOp.Combine(TOp.Combine(a, c), TOp.Combine(b, d));
    }

    /// <summary>target[i] = target[i] op a[i].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Into(T* target, T* a, int count)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= count - Vector256<T>.Count; i += Vector256<T>.Count) TOp.Combine(Vector256.Load(target + i), Vector256.Load(a + i)).Store(target + i);
        }
        for (; i <= count - Vector128<T>.Count; i += Vector128<T>.Count) TOp.Combine(Vector128.Load(target + i), Vector128.Load(a + i)).Store(target + i);
        for (; i < count; i++) target[i] = TOp.Combine(target[i], a[i]);
    }

    /// <summary>target[i] = target[i] op ((a[i] op b[i]) op (c[i] op d[i])).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Into(T* target, T* a, T* b, T* c, T* d, int count)
    {
        int i = 0;
        if (Vector256.IsHardwareAccelerated)
        {
            for (; i <= count - Vector256<T>.Count; i += Vector256<T>.Count)
            {
                var four = TOp.Combine(TOp.Combine(Vector256.Load(a + i), Vector256.Load(b + i)), TOp.Combine(Vector256.Load(c + i), Vector256.Load(d + i)));
                TOp.Combine(Vector256.Load(target + i), four).Store(target + i);
            }
        }
        for (; i <= count - Vector128<T>.Count; i += Vector128<T>.Count)
        {
            var four = TOp.Combine(TOp.Combine(Vector128.Load(a + i), Vector128.Load(b + i)), TOp.Combine(Vector128.Load(c + i), Vector128.Load(d + i)));
            TOp.Combine(Vector128.Load(target + i), four).Store(target + i);
        }
        for (; i < count; i++) target[i] = TOp.Combine(target[i], TOp.Combine(TOp.Combine(a[i], b[i]), TOp.Combine(c[i], d[i])));
    }
}

/// <summary>Combines values that come one after another as a balanced tree, so that rounding errors grow with the logarithm of their number.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Pairwise<T, TOp>
    where T : unmanaged, INumber<T>
    where TOp : struct, IReduction<T>
{
    private Levels _partials; // one for every bit that is set in the count
    private long _count;

    public void Add(T value)
    {
        long carries = _count++;
        int depth = BitOperations.PopCount((ulong)carries);
        for (; (carries & 1) != 0; carries >>= 1) value = TOp.Combine(_partials[--depth], value);
        _partials[depth] = value;
    }

    public readonly T Result
    {
        get
        {
            int depth = BitOperations.PopCount((ulong)_count);
            if (depth == 0) return TOp.Identity;
            T value = _partials[--depth];
            while (depth > 0) value = TOp.Combine(_partials[--depth], value);
            return value;
        }
    }

    [InlineArray(48)]
    private struct Levels
    {
        private T _first;
    }
}
