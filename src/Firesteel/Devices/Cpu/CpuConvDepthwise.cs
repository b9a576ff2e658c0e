using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// Convolutions of one channel a group into one (depthwise): too few products for a matrix. Lines of a plane are copied with their padding
/// (<see cref="ConvLines{T}"/>), so that no tap needs a check; then a line of y is a sum of shifted lines. A task is some planes; every element
/// adds up its taps in order, in a vector or alone.
/// </summary>
internal static unsafe class CpuConvDepthwise<T, V, TVector>
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : unmanaged
    where TVector : struct, IGemmVector<T, V>
{
    /// <summary>Positions whose lines are copied at a time: they stay in the first cache.</summary>
    private const long PositionsAtOnce = 2048;

    private static long Grain(in ConvGeometry g, long planes) => Math.Max(1, CpuMatMul.SerialWork / 8 / Math.Max(1, planes * Math.Max(g.OutPixels, g.InPixels) * g.Taps));

    private static long LinesAtOnce(in ConvGeometry g) => Math.Clamp(PositionsAtOnce / Math.Max(1, g.OutW), 1, Math.Max(1, g.OutH));

    /// <summary>y = x * w, or if <paramref name="transposed"/> y is what w spreads from x; plus a bias for every channel unless that is null.</summary>
    public static void Run(in ConvGeometry g, bool transposed, T* x, T* w, T* bias, T* y)
    {
        var phases = new ConvPhases(g, transposed);
        long lines = LinesAtOnce(phases.Source);
        fixed (ConvPhase* all = phases.All)
        fixed (ConvTap* taps = phases.Taps)
        {
            CpuThreads.For(g.Batch * g.Groups, Grain(g, 1), new Planes
            {
                G = phases.Source, Phases = all, Count = phases.All.Length, Taps = taps, TapCount = phases.Taps.Length, Lines = new(phases.Source, lines, phases.Source.OutW, 0), LinesAtOnce = lines,
                DepthStep = phases.DepthStep, LineStep = phases.LineStep, ColumnStep = phases.ColumnStep, Pixels = phases.Pixels, X = x, W = w, Bias = bias, Y = y,
            });
        }
    }

    private struct Planes : IRangeBody
    {
        public ConvGeometry G;
        public ConvPhase* Phases;
        public ConvTap* Taps;
        public int Count, TapCount;
        public ConvLines<T> Lines;
        public long LinesAtOnce, DepthStep, LineStep, ColumnStep, Pixels;
        public T* X, W, Bias, Y;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            T* copy = GemmScratch.Get<T>(GemmScratch.Use.Columns, Lines.Count), line = GemmScratch.Get<T>(GemmScratch.Use.Tiles, G.OutW);
            T* weights = GemmScratch.Get<T>(GemmScratch.Use.Sums, TapCount);
            long* offsets = GemmScratch.Get<long>(GemmScratch.Use.A, TapCount);
            for (int tap = 0; tap < TapCount; tap++) offsets[tap] = Lines.Tap(Taps[tap].Seen);
            for (long plane = start; plane < end; plane++)
            {
                for (int tap = 0; tap < TapCount; tap++) weights[tap] = W[plane % G.Groups * TapCount + Taps[tap].Filter];
                T* first = Bias == null ? null : Bias + plane % G.Groups;
                for (long od = 0; od < G.OutD; od++)
                {
                    for (long oh = 0; oh < G.OutH; oh += LinesAtOnce)
                    {
                        long some = Math.Min(LinesAtOnce, G.OutH - oh);
                        Lines.Fill(X + plane * G.InPixels, od, oh, some, 0, 0, 1, copy);
                        for (int i = 0; i < Count; i++)
                        {
                            var phase = Phases[i];
                            if (od >= phase.Depth) continue;
                            for (long h = 0; h < Math.Min(some, phase.Height - oh); h++)
                            {
                                T* y = Y + plane * Pixels + phase.First + od * DepthStep + (oh + h) * LineStep;
                                Line(copy + h * Lines.LineStep, phase.Taps, offsets + phase.FirstTap, weights + phase.FirstTap, first, ColumnStep == 1 ? y : line, phase.Width);
                                for (long j = 0; j < phase.Width && ColumnStep > 1; j++) y[j * ColumnStep] = line[j];
                            }
                        }
                    }
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Line(T* x, long taps, long* offsets, T* weights, T* bias, T* y, long count)
    {
        long i = 0;
        if (count >= TVector.Count)
        {
            V first = bias == null ? TVector.Zero : TVector.Broadcast(bias);
            // Four vectors at a time, since one chain would wait for itself. The last may do some elements again, with the same result.
            for (long last = count - TVector.Count; i < count; i += 4 * TVector.Count)
            {
                long i0 = Math.Min(i, last), i1 = Math.Min(i + TVector.Count, last), i2 = Math.Min(i + 2 * TVector.Count, last), i3 = Math.Min(i + 3 * TVector.Count, last);
                V s0 = first, s1 = first, s2 = first, s3 = first;
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
        for (; i < count; i++)
        {
            T sum = bias == null ? T.Zero : *bias;
            for (long tap = 0; tap < taps; tap++) sum = T.FusedMultiplyAdd(weights[tap], x[offsets[tap] + i], sum);
            y[i] = sum;
        }
    }

    /// <summary>Elements of a line that are summed apart, whatever the width of vectors.</summary>
    private const int Lanes = 8;

    /// <summary>Taps whose sums run at the same time.</summary>
    private const int TapsAtOnce = 5;

    /// <summary>w = how x and y move together.</summary>
    public static void Filter(in ConvGeometry g, T* x, T* y, T* w)
    {
        long lines = LinesAtOnce(g);
        CpuThreads.For(g.Groups, Grain(g, g.Batch), new FilterPlanes { G = g, Lines = new(g, lines, g.OutW, Lanes), LinesAtOnce = lines, X = x, W = w, Y = y });
    }

    private struct FilterPlanes : IRangeBody
    {
        public ConvGeometry G;
        public ConvLines<T> Lines;
        public long LinesAtOnce;
        public T* X, W, Y;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            long taps = G.Taps, width = (G.OutW + Lanes - 1) / Lanes * Lanes, rounded = (taps + TapsAtOnce - 1) / TapsAtOnce * TapsAtOnce;
            T* copy = GemmScratch.Get<T>(GemmScratch.Use.Columns, Lines.Count), ys = GemmScratch.Get<T>(GemmScratch.Use.Tiles, LinesAtOnce * width), sums = GemmScratch.Get<T>(GemmScratch.Use.Sums, rounded * Lanes);
            long* offsets = GemmScratch.Get<long>(GemmScratch.Use.A, rounded + width / Lanes), columns = offsets + rounded;
            for (long tap = 0; tap < rounded; tap++) offsets[tap] = tap < taps ? Lines.Tap(tap) : 0;
            // The last lanes of a line lie over those before; what was summed there is zero the second time.
            for (long i = 0; i < width; i += Lanes) columns[i / Lanes] = Math.Max(0, Math.Min(i, G.OutW - Lanes));
            for (long group = start; group < end; group++)
            {
                new Span<T>(sums, (int)(rounded * Lanes)).Clear();
                for (long n = 0; n < G.Batch; n++)
                {
                    long plane = n * G.Groups + group;
                    for (long od = 0; od < G.OutD; od++)
                    {
                        for (long oh = 0; oh < G.OutH; oh += LinesAtOnce)
                        {
                            long some = Math.Min(LinesAtOnce, G.OutH - oh);
                            Lines.Fill(X + plane * G.InPixels, od, oh, some, 0, 0, 1, copy);
                            CopyY(Y + plane * G.OutPixels + (od * G.OutH + oh) * G.OutW, some, width, columns, ys);
                            if (G.OutW >= Lanes)
                                for (long tap = 0; tap < rounded; tap += TapsAtOnce) Sum(copy, Lines.LineStep, offsets + tap, ys, some, width, columns, sums + tap * Lanes);
                            else ShortLines(copy, offsets, ys, some, width, sums);
                        }
                    }
                }
                for (long tap = 0; tap < taps; tap++)
                {
                    T* s = sums + tap * Lanes;
                    W[group * taps + tap] = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));
                }
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void CopyY(T* y, long lines, long width, long* columns, T* ys)
        {
            long rest = G.OutW % Lanes, whole = G.OutW - rest;
            for (long h = 0; h < lines; h++, y += G.OutW, ys += width)
            {
                for (long i = 0; i < whole; i += TVector.Count) TVector.Store(TVector.Load(y + i), ys + i);
                T* last = y + columns[whole / Lanes];
                for (long lane = 0; rest > 0 && lane < Lanes; lane++) ys[whole + lane] = whole > 0 && lane < Lanes - rest || whole == 0 && lane >= rest ? T.Zero : last[lane];
            }
        }

        /// <summary>Short lines, where all lanes of a line are one after the other.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void ShortLines(T* x, long* offsets, T* ys, long lines, long width, T* sums)
        {
            for (long tap = 0; tap < G.Taps; tap++)
                for (long h = 0; h < lines; h++)
                    for (long i = 0; i < G.OutW; i++) sums[tap * Lanes + i] = T.FusedMultiplyAdd(x[offsets[tap] + h * Lines.LineStep + i], ys[h * width + i], sums[tap * Lanes + i]);
        }
    }

    /// <summary>Five taps over some lines.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sum(T* x, long lineStep, long* offsets, T* ys, long lines, long width, long* columns, T* sums)
    {
        for (int lane = 0; lane < Lanes; lane += TVector.Count)
        {
            T* x0 = x + offsets[0] + lane, x1 = x + offsets[1] + lane, x2 = x + offsets[2] + lane, x3 = x + offsets[3] + lane, x4 = x + offsets[4] + lane, y = ys + lane, s = sums + lane;
            V s0 = TVector.Load(s), s1 = TVector.Load(s + Lanes), s2 = TVector.Load(s + 2 * Lanes), s3 = TVector.Load(s + 3 * Lanes), s4 = TVector.Load(s + 4 * Lanes);
            for (long h = 0, at = 0; h < lines; h++, at += lineStep)
            {
                for (long i = 0; i < width; i += Lanes, y += Lanes)
                {
                    V value = TVector.Load(y);
                    long from = at + columns[i / Lanes];
                    s0 = TVector.Fma(TVector.Load(x0 + from), value, s0);
                    s1 = TVector.Fma(TVector.Load(x1 + from), value, s1);
                    s2 = TVector.Fma(TVector.Load(x2 + from), value, s2);
                    s3 = TVector.Fma(TVector.Load(x3 + from), value, s3);
                    s4 = TVector.Fma(TVector.Load(x4 + from), value, s4);
                }
            }
            TVector.Store(s0, s);
            TVector.Store(s1, s + Lanes);
            TVector.Store(s2, s + 2 * Lanes);
            TVector.Store(s3, s + 3 * Lanes);
            TVector.Store(s4, s + 4 * Lanes);
        }
    }
}
