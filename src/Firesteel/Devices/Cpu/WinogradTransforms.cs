using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Firesteel;

/// <summary>
/// The linear maps of F(4x4, 3x3) and of its filter gradient F(3x3, 4x4), for the points 0, ±3/4, ±3/2 and infinity: with these, rounding errors are
/// about twice those of a plain sum (the usual 0, ±1, ±2: five times). Lanes of a vector are adjacent channels.
/// </summary>
internal static unsafe class WinogradTransforms<T, V, TVector>
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : unmanaged
    where TVector : struct, IGemmVector<T, V>
{
    private const double P = 0.75, Q = 1.5, P2 = P * P, Q2 = Q * Q;

    /// <summary>What the interpolation divides by at 0, ±P and ±Q.</summary>
    private const double N0 = P2 * Q2, NP = 2 * P2 * (P2 - Q2), NQ = 2 * Q2 * (Q2 - P2);

    private const int Points = WinogradPlan.Points;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Constant(double value)
    {
        if (typeof(T) == typeof(float)) // no call, which would be made for every transform
        {
            float single = (float)value;
            return TVector.Broadcast((T*)&single);
        }
        T number = T.CreateTruncating(value);
        return TVector.Broadcast(&number);
    }

    /// <summary>
    /// A patch of x: columns [first, end) of its rows that lie in [0, rows) exist, the rest is zero. <paramref name="x"/> is where its first element
    /// would be, and <paramref name="readable"/> the block that may be read beyond what is needed.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Patch(T* x, nint channelStep, nint rowStep, int channels, long firstRow, long rows, int first, int end, Readable readable, T* target, nint step)
    {
        if (IsWhole(x, channelStep, rowStep, channels, firstRow, rows, WinogradPlan.Patch, readable)) Patch<Whole>(x, channelStep, rowStep, channels, firstRow, rows, first, end, target, step);
        else Patch<OneByOne>(x, channelStep, rowStep, channels, firstRow, rows, first, end, target, step);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Patch<TRead>(T* x, nint channelStep, nint rowStep, int channels, long firstRow, long rows, int first, int end, T* target, nint step)
        where TRead : struct, IRead
    {
        T* half = stackalloc T[Points * TVector.Count];
        V p = Constant(P), mp = Constant(-P), q = Constant(Q), mq = Constant(-Q), mp2 = Constant(-P2), mq2 = Constant(-Q2), s = Constant(-(P2 + Q2)), n = Constant(N0);
        for (int i = 0; i < 6; i++)
        {
            T* to = half + i * 6 * TVector.Count;
            if ((ulong)(firstRow + i) >= (ulong)rows)
            {
                for (int j = 0; j < 6; j++) TVector.Store(TVector.Zero, to + j * TVector.Count);
                continue;
            }
            TRead.Columns(x + i * rowStep, channelStep, channels, first, end, out V d0, out V d1, out V d2, out V d3, out V d4, out V d5);
            Interpolate(d0, d1, d2, d3, d4, d5, to, TVector.Count, p, mp, q, mq, mp2, mq2, s, n);
        }
        for (int j = 0; j < 6; j++)
        {
            T* from = half + j * TVector.Count;
            Interpolate(
                TVector.Load(from), TVector.Load(from + 6 * TVector.Count), TVector.Load(from + 12 * TVector.Count),
                TVector.Load(from + 18 * TVector.Count), TVector.Load(from + 24 * TVector.Count), TVector.Load(from + 30 * TVector.Count),
                target + j * step, 6 * step, p, mp, q, mq, mp2, mq2, s, n);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interpolate(V d0, V d1, V d2, V d3, V d4, V d5, T* to, nint step, V p, V mp, V q, V mq, V mp2, V mq2, V s, V n)
    {
        V evenP = TVector.Fma(mq2, d2, d4), oddP = TVector.Fma(mq2, d1, d3), evenQ = TVector.Fma(mp2, d2, d4), oddQ = TVector.Fma(mp2, d1, d3);
        TVector.Store(TVector.Fma(n, d0, TVector.Fma(s, d2, d4)), to);
        TVector.Store(TVector.Fma(p, oddP, evenP), to + step);
        TVector.Store(TVector.Fma(mp, oddP, evenP), to + 2 * step);
        TVector.Store(TVector.Fma(q, oddQ, evenQ), to + 3 * step);
        TVector.Store(TVector.Fma(mq, oddQ, evenQ), to + 4 * step);
        TVector.Store(TVector.Fma(n, d1, TVector.Fma(s, d3, d5)), to + 5 * step);
    }

    /// <summary>A tile of y as a filter of 4x4 (for the gradient of the filter); arguments as those of <see cref="Patch"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Tile(T* y, nint channelStep, nint rowStep, int channels, int rows, int columns, Readable readable, T* target, nint step)
    {
        if (IsWhole(y, channelStep, rowStep, channels, 0, rows, WinogradPlan.Side, readable)) Tile<Whole>(y, channelStep, rowStep, channels, rows, columns, target, step);
        else Tile<OneByOne>(y, channelStep, rowStep, channels, rows, columns, target, step);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TRead>(T* y, nint channelStep, nint rowStep, int channels, int rows, int columns, T* target, nint step)
        where TRead : struct, IRead
    {
        T* half = stackalloc T[4 * 6 * TVector.Count];
        var c = new FilterConstants();
        for (int i = 0; i < 4; i++)
        {
            T* to = half + i * 6 * TVector.Count;
            if (i >= rows)
            {
                for (int j = 0; j < 6; j++) TVector.Store(TVector.Zero, to + j * TVector.Count);
                continue;
            }
            TRead.Columns(y + i * rowStep, channelStep, channels, 0, columns, out V g0, out V g1, out V g2, out V g3, out _, out _);
            Evaluate(g0, g1, g2, g3, to, TVector.Count, c);
        }
        for (int j = 0; j < 6; j++)
        {
            T* from = half + j * TVector.Count;
            Evaluate(
                TVector.Load(from), TVector.Load(from + 6 * TVector.Count), TVector.Load(from + 12 * TVector.Count), TVector.Load(from + 18 * TVector.Count),
                target + j * step, 6 * step, c);
        }
    }

    /// <summary>A filter of 3x3 whose taps lie <paramref name="tapStep"/> apart (negative: turned around).</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Filter(T* taps, nint tapStep, T* target, nint step)
    {
        T* half = stackalloc T[3 * 6 * TVector.Count];
        var c = new FilterConstants();
        for (int i = 0; i < 3; i++, taps += 3 * tapStep)
            Evaluate(TVector.Load(taps), TVector.Load(taps + tapStep), TVector.Load(taps + 2 * tapStep), half + i * 6 * TVector.Count, TVector.Count, c);
        for (int j = 0; j < 6; j++)
        {
            T* from = half + j * TVector.Count;
            Evaluate(TVector.Load(from), TVector.Load(from + 6 * TVector.Count), TVector.Load(from + 12 * TVector.Count), target + j * step, 6 * step, c);
        }
    }

    private readonly struct FilterConstants
    {
        public readonly V Zero = Constant(1 / N0), P0 = Constant(1 / NP), P1 = Constant(P / NP), P2 = Constant(WinogradTransforms<T, V, TVector>.P2 / NP), P3 = Constant(P * WinogradTransforms<T, V, TVector>.P2 / NP);
        public readonly V Q0 = Constant(1 / NQ), Q1 = Constant(Q / NQ), Q2 = Constant(WinogradTransforms<T, V, TVector>.Q2 / NQ), Q3 = Constant(Q * WinogradTransforms<T, V, TVector>.Q2 / NQ);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public FilterConstants()
        {
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Evaluate(V g0, V g1, V g2, T* to, nint step, in FilterConstants c)
    {
        V evenP = TVector.Fma(c.P2, g2, TVector.Multiply(c.P0, g0)), oddP = TVector.Multiply(c.P1, g1);
        V evenQ = TVector.Fma(c.Q2, g2, TVector.Multiply(c.Q0, g0)), oddQ = TVector.Multiply(c.Q1, g1);
        PutPairs(TVector.Multiply(c.Zero, g0), evenP, oddP, evenQ, oddQ, g2, to, step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Evaluate(V g0, V g1, V g2, V g3, T* to, nint step, in FilterConstants c)
    {
        V evenP = TVector.Fma(c.P2, g2, TVector.Multiply(c.P0, g0)), oddP = TVector.Fma(c.P3, g3, TVector.Multiply(c.P1, g1));
        V evenQ = TVector.Fma(c.Q2, g2, TVector.Multiply(c.Q0, g0)), oddQ = TVector.Fma(c.Q3, g3, TVector.Multiply(c.Q1, g1));
        PutPairs(TVector.Multiply(c.Zero, g0), evenP, oddP, evenQ, oddQ, g3, to, step);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void PutPairs(V first, V evenP, V oddP, V evenQ, V oddQ, V last, T* to, nint step)
    {
        TVector.Store(first, to);
        TVector.Store(TVector.Add(evenP, oddP), to + step);
        TVector.Store(TVector.Subtract(evenP, oddP), to + 2 * step);
        TVector.Store(TVector.Add(evenQ, oddQ), to + 3 * step);
        TVector.Store(TVector.Subtract(evenQ, oddQ), to + 4 * step);
        TVector.Store(last, to + 5 * step);
    }

    /// <summary>The products of a tile back to y, of which the first rows and columns exist; plus a bias for every channel unless that is null.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Output(T* products, nint step, T* bias, T* y, nint channelStep, nint rowStep, int channels, int rows, int columns)
    {
        T* half = stackalloc T[4 * 6 * TVector.Count];
        V p = Constant(P), q = Constant(Q), p2 = Constant(P2), q2 = Constant(Q2), p3 = Constant(P * P2), q3 = Constant(Q * Q2);
        for (int j = 0; j < 6; j++, products += step)
        {
            V m0 = TVector.Load(products), m1 = TVector.Load(products + 6 * step), m2 = TVector.Load(products + 12 * step);
            V m3 = TVector.Load(products + 18 * step), m4 = TVector.Load(products + 24 * step), m5 = TVector.Load(products + 30 * step);
            V sumP = TVector.Add(m1, m2), sumQ = TVector.Add(m3, m4), differenceP = TVector.Subtract(m1, m2), differenceQ = TVector.Subtract(m3, m4);
            T* to = half + j * TVector.Count;
            TVector.Store(TVector.Add(m0, TVector.Add(sumP, sumQ)), to);
            TVector.Store(TVector.Fma(p, differenceP, TVector.Multiply(q, differenceQ)), to + 6 * TVector.Count);
            TVector.Store(TVector.Fma(p2, sumP, TVector.Multiply(q2, sumQ)), to + 12 * TVector.Count);
            TVector.Store(TVector.Fma(p3, differenceP, TVector.Fma(q3, differenceQ, m5)), to + 18 * TVector.Count);
        }
        for (int i = 0; i < rows; i++, y += rowStep)
        {
            T* from = half + i * 6 * TVector.Count;
            V m0 = TVector.Load(from), m1 = TVector.Load(from + TVector.Count), m2 = TVector.Load(from + 2 * TVector.Count);
            V m3 = TVector.Load(from + 3 * TVector.Count), m4 = TVector.Load(from + 4 * TVector.Count), m5 = TVector.Load(from + 5 * TVector.Count);
            V sumP = TVector.Add(m1, m2), sumQ = TVector.Add(m3, m4), differenceP = TVector.Subtract(m1, m2), differenceQ = TVector.Subtract(m3, m4);
            V y0 = TVector.Add(m0, TVector.Add(sumP, sumQ)), y1 = TVector.Fma(p, differenceP, TVector.Multiply(q, differenceQ));
            V y2 = TVector.Fma(p2, sumP, TVector.Multiply(q2, sumQ)), y3 = TVector.Fma(p3, differenceP, TVector.Fma(q3, differenceQ, m5));
            if (bias != null)
            {
                V add = TVector.Load(bias);
                y0 = TVector.Add(y0, add);
                y1 = TVector.Add(y1, add);
                y2 = TVector.Add(y2, add);
                y3 = TVector.Add(y3, add);
            }
            if (typeof(V) == typeof(Vector256<float>) && FloatTranspose.HasEight && channels == 8)
            {
                Vector256<float> a = Unsafe.BitCast<V, Vector256<float>>(y0), b = Unsafe.BitCast<V, Vector256<float>>(y1);
                Vector256<float> c = Unsafe.BitCast<V, Vector256<float>>(y2), d = Unsafe.BitCast<V, Vector256<float>>(y3);
                FloatTranspose.FourTwice(ref a, ref b, ref c, ref d);
                float* to = (float*)y, high = to + 4 * channelStep;
                Put(a.GetLower(), to, columns);
                Put(b.GetLower(), to + channelStep, columns);
                Put(c.GetLower(), to + 2 * channelStep, columns);
                Put(d.GetLower(), to + 3 * channelStep, columns);
                Put(a.GetUpper(), high, columns);
                Put(b.GetUpper(), high + channelStep, columns);
                Put(c.GetUpper(), high + 2 * channelStep, columns);
                Put(d.GetUpper(), high + 3 * channelStep, columns);
                continue;
            }
            T* row = half + i * 6 * TVector.Count; // what is there has been read
            TVector.Store(y0, row);
            TVector.Store(y1, row + TVector.Count);
            TVector.Store(y2, row + 2 * TVector.Count);
            TVector.Store(y3, row + 3 * TVector.Count);
            for (int channel = 0; channel < channels; channel++)
                for (int j = 0; j < columns; j++) y[channel * channelStep + j] = row[j * TVector.Count + channel];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(Vector128<float> row, float* to, int columns)
    {
        if (columns == 4)
        {
            row.Store(to);
            return;
        }
        if (columns > 1) *(double*)to = row.AsDouble().ToScalar();
        else *to = row.ToScalar();
        if (columns == 3) to[2] = row.GetElement(2);
    }

    /// <summary>The products of a filter gradient back to the filters of adjacent channels.</summary>
    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FilterGradient(T* products, nint step, T* w, int channels)
    {
        T* half = stackalloc T[3 * 6 * TVector.Count], taps = stackalloc T[9 * TVector.Count];
        V p = Constant(P), q = Constant(Q), p2 = Constant(P2), q2 = Constant(Q2);
        for (int j = 0; j < 6; j++, products += step)
            Gradient(products, 6 * step, half + j * TVector.Count, 6 * TVector.Count, p, q, p2, q2);
        for (int i = 0; i < 3; i++)
            Gradient(half + i * 6 * TVector.Count, TVector.Count, taps + 3 * i * TVector.Count, TVector.Count, p, q, p2, q2);
        for (int channel = 0; channel < channels; channel++)
            for (int tap = 0; tap < 9; tap++) *w++ = taps[tap * TVector.Count + channel];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Gradient(T* from, nint fromStep, T* to, nint toStep, V p, V q, V p2, V q2)
    {
        V m1 = TVector.Load(from + fromStep), m2 = TVector.Load(from + 2 * fromStep), m3 = TVector.Load(from + 3 * fromStep), m4 = TVector.Load(from + 4 * fromStep);
        V sumP = TVector.Add(m1, m2), sumQ = TVector.Add(m3, m4);
        TVector.Store(TVector.Add(TVector.Load(from), TVector.Add(sumP, sumQ)), to);
        TVector.Store(TVector.Fma(p, TVector.Subtract(m1, m2), TVector.Multiply(q, TVector.Subtract(m3, m4))), to + toStep);
        TVector.Store(TVector.Fma(p2, sumP, TVector.Fma(q2, sumQ, TVector.Load(from + 5 * fromStep))), to + 2 * toStep);
    }

    /// <summary>A block of memory that may be read.</summary>
    public readonly struct Readable(T* first, T* end)
    {
        public readonly T* First = first, End = end;
    }

    /// <summary>True if eight channels can be read as whole vectors of adjacent elements, in all rows that exist.</summary>
    private static bool IsWhole(T* x, nint channelStep, nint rowStep, int channels, long firstRow, long rows, int count, in Readable readable)
    {
        if (typeof(V) != typeof(Vector256<float>) || !FloatTranspose.HasEight || channels != 8) return false;
        long first = Math.Max(0, -firstRow), last = Math.Min(count, rows - firstRow) - 1;
        return first > last || (x + first * rowStep >= readable.First && x + last * rowStep + 7 * channelStep + 8 <= readable.End);
    }

    /// <summary>Six adjacent elements of each channel as six vectors; columns outside of [first, end) are zero.</summary>
    private interface IRead
    {
        static abstract void Columns(T* x, nint channelStep, int channels, int first, int end, out V d0, out V d1, out V d2, out V d3, out V d4, out V d5);
    }

    private struct Whole : IRead
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Columns(T* x, nint channelStep, int channels, int first, int end, out V d0, out V d1, out V d2, out V d3, out V d4, out V d5)
        {
            float* s = (float*)x, s4 = s + 4 * channelStep;
            Vector256<float> r0 = Vector256.Load(s), r1 = Vector256.Load(s + channelStep), r2 = Vector256.Load(s + 2 * channelStep), r3 = Vector256.Load(s + 3 * channelStep);
            Vector256<float> r4 = Vector256.Load(s4), r5 = Vector256.Load(s4 + channelStep), r6 = Vector256.Load(s4 + 2 * channelStep), r7 = Vector256.Load(s4 + 3 * channelStep);
            FloatTranspose.Eight(ref r0, ref r1, ref r2, ref r3, ref r4, ref r5, ref r6, ref r7);
            V c0 = Unsafe.BitCast<Vector256<float>, V>(r0), c1 = Unsafe.BitCast<Vector256<float>, V>(r1), c2 = Unsafe.BitCast<Vector256<float>, V>(r2);
            V c3 = Unsafe.BitCast<Vector256<float>, V>(r3), c4 = Unsafe.BitCast<Vector256<float>, V>(r4), c5 = Unsafe.BitCast<Vector256<float>, V>(r5);
            if ((first | (end ^ 6)) != 0)
            {
                if (first > 0) c0 = TVector.Zero;
                if (first > 1) c1 = TVector.Zero;
                if (end < 6) c5 = TVector.Zero;
                if (end < 5) c4 = TVector.Zero;
                if (end < 4) c3 = TVector.Zero;
                if (end < 3) c2 = TVector.Zero;
                if (end < 2) c1 = TVector.Zero;
                if (end < 1) c0 = TVector.Zero;
            }
            (d0, d1, d2, d3, d4, d5) = (c0, c1, c2, c3, c4, c5);
        }
    }

    private struct OneByOne : IRead
    {
        public static void Columns(T* x, nint channelStep, int channels, int first, int end, out V d0, out V d1, out V d2, out V d3, out V d4, out V d5)
        {
            T* block = stackalloc T[6 * TVector.Count]; // zeros
            for (int channel = 0; channel < channels; channel++)
                for (int j = first; j < end; j++) block[j * TVector.Count + channel] = x[channel * channelStep + j];
            d0 = TVector.Load(block);
            d1 = TVector.Load(block + TVector.Count);
            d2 = TVector.Load(block + 2 * TVector.Count);
            d3 = TVector.Load(block + 3 * TVector.Count);
            d4 = TVector.Load(block + 4 * TVector.Count);
            d5 = TVector.Load(block + 5 * TVector.Count);
        }
    }
}
