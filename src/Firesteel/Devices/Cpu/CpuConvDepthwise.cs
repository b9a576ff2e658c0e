using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// Convolutions of one channel a group into one (depthwise): too few products for a matrix. A plane of x is copied into the
/// middle of zeros, so that no tap needs a check; then a line of y is a sum of shifted lines. A task is some planes; every element
/// adds up its taps in order, in a vector or alone.
/// </summary>
internal static unsafe class CpuConvDepthwise<T, V, TVector>
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : unmanaged
    where TVector : struct, IGemmVector<T, V>
{
    private static long Grain(in ConvGeometry g, long planes) => Math.Max(1, CpuMatMul.SerialWork / 8 / Math.Max(1, planes * Math.Max(g.OutPixels, g.InPixels) * g.Taps));

    /// <summary>y = x * w; with <paramref name="mirror"/> the taps of w are taken from the last to the first.</summary>
    public static void Forward(in ConvGeometry g, T* x, T* w, T* y, bool mirror) =>
        CpuThreads.For(g.Batch * g.Groups, Grain(g, 1), new ForwardPlanes { Padded = new(g), X = x, W = w, Y = y, Mirror = mirror });

    /// <summary>x = what w spreads from y, any strides.</summary>
    public static void Data(in ConvGeometry g, T* y, T* w, T* x) =>
        CpuThreads.For(g.Batch * g.Groups, Grain(g, 1), new DataPlanes { Padded = new(g), X = x, W = w, Y = y });

    /// <summary>w = how x and y move together.</summary>
    public static void Filter(in ConvGeometry g, T* x, T* y, T* w) =>
        CpuThreads.For(g.Groups, Grain(g, g.Batch), new FilterPlanes { Padded = new(g), X = x, W = w, Y = y });

    /// <summary>A plane of x with its padding, exactly as large as the taps reach.</summary>
    private readonly struct PaddedPlane(ConvGeometry g)
    {
        public readonly ConvGeometry G = g;
        private readonly long _depth = (g.OutD - 1) * g.StrideD + (g.FilterD - 1) * g.DilationD + 1;
        private readonly long _height = (g.OutH - 1) * g.StrideH + (g.FilterH - 1) * g.DilationH + 1;
        private readonly long _width = (g.OutW - 1) * g.StrideW + (g.FilterW - 1) * g.DilationW + 1;

        public long Count => _depth * _height * _width;

        /// <summary>Where the line of y begins, seen by the first tap.</summary>
        public long Line(long od, long oh) => (od * G.StrideD * _height + oh * G.StrideH) * _width;

        /// <summary>What a tap adds to that.</summary>
        public long Tap(long tap)
        {
            (long rest, long kw) = Math.DivRem(tap, G.FilterW);
            (long kd, long kh) = Math.DivRem(rest, G.FilterH);
            return (kd * G.DilationD * _height + kh * G.DilationH) * _width + kw * G.DilationW;
        }

        /// <summary>Copies in (or, <paramref name="back"/>, out again) all that lies inside of x; the rest becomes zero.</summary>
        public void Copy(T* x, T* padded, bool back)
        {
            long first = Math.Clamp(G.PaddingW, 0, _width), end = Math.Clamp(G.InW + G.PaddingW, first, _width);
            if (back) new Span<T>(x, checked((int)G.InPixels)).Clear();
            for (long d = 0; d < _depth; d++)
            {
                for (long h = 0; h < _height; h++, padded += _width)
                {
                    long id = d - G.PaddingD, ih = h - G.PaddingH;
                    bool inside = (ulong)id < (ulong)G.InD && (ulong)ih < (ulong)G.InH && end > first;
                    T* line = x + (id * G.InH + ih) * G.InW - G.PaddingW;
                    if (back)
                    {
                        if (inside) new Span<T>(padded + first, (int)(end - first)).CopyTo(new Span<T>(line + first, (int)(end - first)));
                        continue;
                    }
                    if (!inside)
                    {
                        new Span<T>(padded, (int)_width).Clear();
                        continue;
                    }
                    for (long i = 0; i < first; i++) padded[i] = T.Zero;
                    new Span<T>(line + first, (int)(end - first)).CopyTo(new Span<T>(padded + first, (int)(end - first)));
                    for (long i = end; i < _width; i++) padded[i] = T.Zero;
                }
            }
        }
    }

    private struct ForwardPlanes : IRangeBody
    {
        public PaddedPlane Padded;
        public T* X, W, Y;
        public bool Mirror;

        public readonly void Run(long start, long end)
        {
            var g = Padded.G;
            long taps = g.Taps;
            T* x = GemmScratch.Get<T>(GemmScratch.Use.Columns, Padded.Count);
            T* weights = GemmScratch.Get<T>(GemmScratch.Use.Sums, taps);
            long* offsets = GemmScratch.Get<long>(GemmScratch.Use.A, taps);
            for (long tap = 0; tap < taps; tap++) offsets[tap] = Padded.Tap(tap);
            for (long plane = start; plane < end; plane++)
            {
                T* w = W + plane % g.Groups * taps, y = Y + plane * g.OutPixels;
                for (long tap = 0; tap < taps; tap++) weights[tap] = w[Mirror ? taps - 1 - tap : tap];
                Padded.Copy(X + plane * g.InPixels, x, false);
                for (long od = 0; od < g.OutD; od++)
                    for (long oh = 0; oh < g.OutH; oh++, y += g.OutW) Line(x + Padded.Line(od, oh), g.StrideW, taps, offsets, weights, y, g.OutW);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Line(T* x, long stride, long taps, long* offsets, T* weights, T* y, long count)
    {
        long i = 0;
        if (stride == 1 && count >= TVector.Count)
        {
            for (; i + 4 * TVector.Count <= count; i += 4 * TVector.Count)
            {
                V s0 = TVector.Zero, s1 = TVector.Zero, s2 = TVector.Zero, s3 = TVector.Zero;
                for (long tap = 0; tap < taps; tap++)
                {
                    V weight = TVector.Broadcast(weights + tap);
                    T* from = x + offsets[tap] + i;
                    s0 = TVector.Fma(weight, TVector.Load(from), s0);
                    s1 = TVector.Fma(weight, TVector.Load(from + TVector.Count), s1);
                    s2 = TVector.Fma(weight, TVector.Load(from + 2 * TVector.Count), s2);
                    s3 = TVector.Fma(weight, TVector.Load(from + 3 * TVector.Count), s3);
                }
                TVector.Store(s0, y + i);
                TVector.Store(s1, y + i + TVector.Count);
                TVector.Store(s2, y + i + 2 * TVector.Count);
                TVector.Store(s3, y + i + 3 * TVector.Count);
            }
            if (i < count)
            {
                // Four vectors that may do some elements again, with the same result: one chain alone would wait for itself.
                long last = count - TVector.Count, i0 = Math.Min(i, last), i1 = Math.Min(i + TVector.Count, last), i2 = Math.Min(i + 2 * TVector.Count, last), i3 = last;
                V s0 = TVector.Zero, s1 = TVector.Zero, s2 = TVector.Zero, s3 = TVector.Zero;
                for (long tap = 0; tap < taps; tap++)
                {
                    V weight = TVector.Broadcast(weights + tap);
                    T* from = x + offsets[tap];
                    s0 = TVector.Fma(weight, TVector.Load(from + i0), s0);
                    s1 = TVector.Fma(weight, TVector.Load(from + i1), s1);
                    s2 = TVector.Fma(weight, TVector.Load(from + i2), s2);
                    s3 = TVector.Fma(weight, TVector.Load(from + i3), s3);
                }
                TVector.Store(s0, y + i0);
                TVector.Store(s1, y + i1);
                TVector.Store(s2, y + i2);
                TVector.Store(s3, y + i3);
            }
            return;
        }
        for (; i + 4 <= count; i += 4)
        {
            T s0 = T.Zero, s1 = T.Zero, s2 = T.Zero, s3 = T.Zero;
            for (long tap = 0; tap < taps; tap++)
            {
                T weight = weights[tap];
                T* from = x + offsets[tap] + i * stride;
                s0 = T.FusedMultiplyAdd(weight, from[0], s0);
                s1 = T.FusedMultiplyAdd(weight, from[stride], s1);
                s2 = T.FusedMultiplyAdd(weight, from[2 * stride], s2);
                s3 = T.FusedMultiplyAdd(weight, from[3 * stride], s3);
            }
            y[i] = s0;
            y[i + 1] = s1;
            y[i + 2] = s2;
            y[i + 3] = s3;
        }
        for (; i < count; i++)
        {
            T sum = T.Zero;
            for (long tap = 0; tap < taps; tap++) sum = T.FusedMultiplyAdd(weights[tap], x[offsets[tap] + i * stride], sum);
            y[i] = sum;
        }
    }

    private struct DataPlanes : IRangeBody
    {
        public PaddedPlane Padded;
        public T* X, W, Y;

        public readonly void Run(long start, long end)
        {
            var g = Padded.G;
            long count = g.OutPixels == 0 ? 0 : Padded.Count;
            T* x = GemmScratch.Get<T>(GemmScratch.Use.Columns, count);
            for (long plane = start; plane < end; plane++)
            {
                T* w = W + plane % g.Groups * g.Taps;
                if (count == 0)
                {
                    new Span<T>(X + plane * g.InPixels, checked((int)g.InPixels)).Clear();
                    continue;
                }
                for (long i = 0; i < count; i++) x[i] = T.Zero;
                for (long tap = 0; tap < g.Taps; tap++)
                {
                    T weight = w[tap];
                    T* y = Y + plane * g.OutPixels;
                    long offset = Padded.Tap(tap);
                    for (long od = 0; od < g.OutD; od++)
                    {
                        for (long oh = 0; oh < g.OutH; oh++, y += g.OutW)
                        {
                            T* to = x + Padded.Line(od, oh) + offset;
                            for (long ow = 0; ow < g.OutW; ow++) to[ow * g.StrideW] = T.FusedMultiplyAdd(weight, y[ow], to[ow * g.StrideW]);
                        }
                    }
                }
                Padded.Copy(X + plane * g.InPixels, x, true);
            }
        }
    }

    private struct FilterPlanes : IRangeBody
    {
        public PaddedPlane Padded;
        public T* X, W, Y;

        public readonly void Run(long start, long end)
        {
            var g = Padded.G;
            if (g.OutPixels == 0)
            {
                for (long i = start * g.Taps; i < end * g.Taps; i++) W[i] = T.Zero;
                return;
            }
            T* x = GemmScratch.Get<T>(GemmScratch.Use.Columns, Padded.Count);
            for (long group = start; group < end; group++)
            {
                T* w = W + group * g.Taps;
                for (long tap = 0; tap < g.Taps; tap++) w[tap] = T.Zero;
                for (long n = 0; n < g.Batch; n++)
                {
                    long plane = n * g.Groups + group;
                    Padded.Copy(X + plane * g.InPixels, x, false);
                    for (long tap = 0; tap < g.Taps; tap++) w[tap] += Dot(Padded, x + Padded.Tap(tap), Y + plane * g.OutPixels);
                }
            }
        }
    }

    /// <summary>The sum of the products of a plane of y with what lies under one tap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static T Dot(in PaddedPlane padded, T* x, T* y)
    {
        long width = padded.G.OutW, stride = padded.G.StrideW;
        V s0 = TVector.Zero, s1 = TVector.Zero;
        T rest = T.Zero;
        for (long od = 0; od < padded.G.OutD; od++)
        {
            for (long oh = 0; oh < padded.G.OutH; oh++, y += width)
            {
                T* line = x + padded.Line(od, oh);
                long i = 0;
                if (stride == 1)
                {
                    for (; i + 2 * TVector.Count <= width; i += 2 * TVector.Count)
                    {
                        s0 = TVector.Fma(TVector.Load(line + i), TVector.Load(y + i), s0);
                        s1 = TVector.Fma(TVector.Load(line + i + TVector.Count), TVector.Load(y + i + TVector.Count), s1);
                    }
                    for (; i + TVector.Count <= width; i += TVector.Count) s0 = TVector.Fma(TVector.Load(line + i), TVector.Load(y + i), s0);
                }
                for (; i < width; i++) rest = T.FusedMultiplyAdd(line[i * stride], y[i], rest);
            }
        }
        return TVector.Sum(TVector.Add(s0, s1)) + rest;
    }
}
