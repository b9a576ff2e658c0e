using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// Forward and transposed convolutions of float32 and float64 into few channels, which would leave lanes empty: adjacent positions of a line lie in the lanes of vectors, and the
/// rows of tiles are channels. Lines of x are copied (<see cref="ConvLines{T}"/>) and read in place under every tap. Taps above and below the image are left out: without padding of
/// its own, the gradient of a small image multiplies as many zeros as numbers otherwise. Every element adds up (row of taps, channel, column of taps) in parts that depend on sizes only.
/// </summary>
internal static unsafe class CpuConvNarrow<T, V, TVector>
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : unmanaged
    where TVector : struct, IGemmVector<T, V>
{
    /// <summary>Terms that are summed in one go.</summary>
    private const long LargestSum = 256;

    /// <summary>More channels than these fill the lanes of vectors well enough.</summary>
    private const long FewChannels = 8;

    /// <summary>Positions of a task.</summary>
    private const long PositionsPerTask = 256;

    private static int Width => 2 * TVector.Count;

    /// <summary>True for few channels of a result whose lines fill vectors, and sums that are long enough to pay for copying lines. Transposed ones with strides have gaps in their lines.</summary>
    public static bool Suits(in ConvGeometry g, bool transposed) => transposed
        ? g.InChannels <= FewChannels && g.InW >= 8 && g.HasUnitStrides && g.OutChannels >= 16
        : g.OutChannels <= FewChannels && g.OutW >= 8 && g.InChannels * g.Taps >= 48 && g.Batch * g.OutPixels >= 96;

    /// <summary>y = x * w, or if <paramref name="transposed"/> y is what w spreads from x; plus a bias for every output channel unless that is null.</summary>
    public static void Run(in ConvGeometry g, bool transposed, T* x, T* w, T* bias, T* y)
    {
        var phases = new ConvPhases(g, transposed);
        ref readonly var source = ref phases.Source;
        var cut = new ConvCut(source, PositionsPerTask);
        var lines = new ConvLines<T>(source, cut.Lines, cut.Columns, Width);
        // Taps in one line of x are a row; rows are in the order of taps.
        var rows = new List<TapRow>();
        foreach (var tap in phases.Taps)
        {
            long line = tap.Seen / source.FilterW;
            if (rows.Count == 0 || rows[^1].Line != line) rows.Add(new(line, rows.Count == 0 ? 0 : rows[^1].First + rows[^1].Taps, 0));
            rows[^1] = rows[^1] with { Taps = rows[^1].Taps + 1 };
        }
        long channels = source.InChannels, outputs = source.OutChannels, terms = channels * phases.Taps.Length;
        nint* offsets = GemmScratch.Get<nint>(GemmScratch.Use.WideB, terms);
        T* packed = GemmScratch.Get<T>(GemmScratch.Use.Filters, g.Groups * terms * outputs);
        long outputStep = transposed ? g.Taps : channels * g.Taps, channelStep = transposed ? outputs * g.Taps : g.Taps, panels = (outputs - 1) / TVector.Rows + 1, term = 0;
        foreach (var row in rows)
        {
            for (long c = 0; c < channels; c++)
            {
                for (long i = 0; i < row.Taps; i++, term++)
                {
                    var tap = phases.Taps[row.First + i];
                    offsets[term] = (nint)(c * lines.ChannelStep + lines.Tap(tap.Seen));
                    for (long group = 0; group < g.Groups; group++)
                    {
                        T* from = w + group * outputs * channels * g.Taps + c * channelStep + tap.Filter;
                        for (long panel = 0; panel < panels; panel++)
                        {
                            long first = panel * outputs / panels, end = (panel + 1) * outputs / panels;
                            T* to = packed + group * terms * outputs + first * terms + term * (end - first);
                            for (long o = first; o < end; o++) *to++ = from[o * outputStep];
                        }
                    }
                }
            }
        }
        g.Finish?.BeginPieces(outputs * phases.Pixels);
        var all = rows.ToArray();
        fixed (TapRow* pinned = all)
        {
            CpuThreads.For(g.Groups * cut.Count, Math.Max(1, CpuMatMul.SerialWork / Math.Max(1, cut.Lines * cut.Columns * terms * outputs)), new Tasks
            {
                G = source, Cut = cut, Lines = lines, Rows = pinned, RowCount = all.Length, Panels = panels, Terms = terms, Pixels = phases.Pixels, X = x, Filters = packed, Bias = bias, Y = y, Offsets = offsets,
            });
        }
    }

    /// <summary>Taps that see the same line of x: which line, counted through depth and height of the filter, and which taps.</summary>
    private record struct TapRow(long Line, long First, long Taps);

    /// <summary>A task is a part of the positions.</summary>
    private struct Tasks : IRangeBody
    {
        public ConvGeometry G;
        public ConvCut Cut;
        public ConvLines<T> Lines;
        public TapRow* Rows;
        public int RowCount;
        public long Panels, Terms, Pixels;
        public T* X, Filters, Bias, Y;
        public nint* Offsets;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            T* copy = GemmScratch.Get<T>(GemmScratch.Use.Columns, Lines.Count), edge = GemmScratch.Get<T>(GemmScratch.Use.Sums, 2 * FewChannels * Width), first = edge + FewChannels * Width;
            for (long task = start; task < end; task++)
            {
                (long group, long part) = Math.DivRem(task, Cut.Count);
                for (long o = 0; o < G.OutChannels; o++) new Span<T>(first + o * Width, Width).Fill(Bias == null ? T.Zero : Bias[group * G.OutChannels + o]);
                Cut.Locate(part, out long line, out long endLine, out long column, out long columns);
                while (line < endLine)
                {
                    long some = Cut.Run(line, endLine, out long n, out long od, out long oh), image = n * G.Groups + group;
                    Lines.Fill(X + image * G.InChannels * G.InPixels, od, oh, some, column, 0, G.InChannels, copy);
                    for (long h = 0; h < some; h++)
                        Line(od, oh + h, columns, copy + h * Lines.LineStep, Filters + group * Terms * G.OutChannels, first, Y + image * G.OutChannels * Pixels + (od * G.OutH + oh + h) * G.OutW + column, edge);
                    G.Finish?.CompleteIn(image, some * columns * G.OutChannels);
                    line += some;
                }
            }
        }

        /// <summary>All channels of a line of y.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Line(long depth, long height, long columns, T* x, T* filters, T* first, T* y, T* edge)
        {
            for (long column = 0; column < columns; column += Width)
            {
                int count = (int)Math.Min(Width, columns - column), vectors = count <= TVector.Count ? 1 : 2;
                bool whole = count == vectors * TVector.Count;
                T* target = whole ? y + column : edge;
                nint step = whole ? (nint)Pixels : Width;
                for (long panel = 0; panel < Panels; panel++)
                {
                    long row = panel * G.OutChannels / Panels;
                    int tile = (int)((panel + 1) * G.OutChannels / Panels - row);
                    T* c = target + row * step, a = filters + row * Terms, begin = first + row * Width;
                    nint beginStep = Width;
                    for (int i = 0; i < RowCount; i++)
                    {
                        (long kd, long kh) = Math.DivRem(Rows[i].Line, G.FilterH);
                        if ((ulong)(depth * G.StrideD - G.PaddingD + kd * G.DilationD) >= (ulong)G.InD || (ulong)(height * G.StrideH - G.PaddingH + kh * G.DilationH) >= (ulong)G.InH) continue;
                        long terms = Rows[i].Taps * G.InChannels, firstTerm = Rows[i].First * G.InChannels, sums = (terms - 1) / LargestSum + 1;
                        for (long sum = 0; sum < sums; sum++)
                        {
                            long from = sum * terms / sums, length = (sum + 1) * terms / sums - from;
                            from += firstTerm;
                            GemmTile<T, V, TVector>.Run<GemmTileOperands.Terms>(tile, vectors, (nint)length, a + from * tile, 1, tile, null, Offsets + from, x + column, 0, c, step, begin, beginStep);
                            begin = c;
                            beginStep = step;
                        }
                    }
                    for (int o = 0; o < tile; o++)
                    {
                        T* to = y + column + (row + o) * Pixels;
                        if (begin != c) new Span<T>(begin + o * Width, count).CopyTo(new Span<T>(to, count)); // no tap reaches the image
                        else if (!whole) new Span<T>(c + o * Width, count).CopyTo(new Span<T>(to, count));
                    }
                }
            }
        }
    }
}
