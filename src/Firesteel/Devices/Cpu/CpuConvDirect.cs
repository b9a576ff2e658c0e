using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// Forward and transposed convolutions of float32 and float64, output channels side by side: the filter is packed once, lines of x are copied once per task
/// (<see cref="ConvLines{T}"/>) and read in place under every tap, and the sums are turned into y's layout at the end. Every element adds up (channel, tap) in
/// parts that depend on sizes only.
/// </summary>
internal static unsafe class CpuConvDirect<T, V, TVector>
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : unmanaged
    where TVector : struct, IGemmVector<T, V>
{
    /// <summary>Terms that are summed in one go: a panel of the filter of this length takes half of the first cache.</summary>
    private const long LargestSum = 256;

    /// <summary>Output channels whose sums exist at a time.</summary>
    private const long ChannelsAtOnce = 64;

    /// <summary>With fewer channels than this a transposed convolution sums them first, then the taps one after the other, as PyTorch does; else taps first, in long runs.</summary>
    private const long FewChannels = 16;

    private static int Width => ConvTile<T, V, TVector>.Width;

    /// <summary>True if there are enough positions and terms to pay for packing the filter and for turning the sums.</summary>
    public static bool Suits(in ConvGeometry g) => g.InChannels * g.Taps >= 48 && g.Batch * g.OutPixels >= 96 && g.OutChannels > 4;

    /// <summary>y = x * w, or if <paramref name="transposed"/> y is what w spreads from x; plus a bias for every output channel unless that is null.</summary>
    public static void Run(in ConvGeometry g, bool transposed, T* x, T* w, T* bias, T* y)
    {
        var phases = new ConvPhases(g, transposed);
        ref readonly var source = ref phases.Source;
        long terms = source.InChannels * phases.Taps.Length, panels = (source.OutChannels - 1) / Width + 1;
        fixed (ConvPhase* all = phases.All)
        fixed (ConvTap* taps = phases.Taps)
        {
            var cut = new ConvCut(source, Math.Clamp(512 / phases.All.Length, 16, 128));
            var lines = new ConvLines<T>(source, cut.Lines, cut.Columns, 0);
            nint* offsets = GemmScratch.Get<nint>(GemmScratch.Use.WideB, terms);
            bool tapsApart = transposed && source.InChannels < FewChannels;
            foreach (var phase in phases.All)
            {
                nint* to = offsets + phase.FirstTap * source.InChannels;
                for (long c = 0; c < source.InChannels; c++)
                    for (int tap = 0; tap < phase.Taps; tap++)
                        to[tapsApart ? tap * source.InChannels + c : c * phase.Taps + tap] = (nint)(c * lines.ChannelStep + lines.Tap(taps[phase.FirstTap + tap].Seen));
            }
            var filters = new Filters
            {
                Phases = all, Count = phases.All.Length, Taps = taps, W = w, Target = GemmScratch.Get<T>(GemmScratch.Use.Filters, g.Groups * panels * terms * Width),
                Channels = source.InChannels, Outputs = source.OutChannels, Panels = panels, TapCount = g.Taps, Terms = terms, TapsApart = tapsApart,
                LaneStep = transposed ? g.Taps : source.InChannels * g.Taps, ChannelStep = transposed ? source.OutChannels * g.Taps : g.Taps,
            };
            CpuThreads.For(g.Groups * panels, Math.Max(1, CpuMatMul.SerialWork / 8 / (terms * Width)), filters);
            long panelTasks = Math.Clamp(8 / (cut.Count * g.Groups), 1, panels);
            var tasks = new Tasks
            {
                G = source, Phases = all, Count = phases.All.Length, Columns = phases.Columns, Cut = cut, Lines = lines, X = x, Y = y, Filters = filters.Target, Bias = bias, Offsets = offsets,
                DepthStep = phases.DepthStep, LineStep = phases.LineStep, ColumnStep = phases.ColumnStep, Pixels = phases.Pixels, Panels = panels, Terms = terms, TapsApart = tapsApart, PanelTasks = panelTasks,
            };
            g.Finish?.BeginPieces(source.OutChannels * phases.Pixels);
            long work = cut.Lines * cut.Columns * terms * source.OutChannels / panelTasks;
            CpuThreads.For(g.Groups * cut.Count * panelTasks, Math.Max(1, CpuMatMul.SerialWork / Math.Max(1, work)), tasks);
        }
    }

    /// <summary>Packs filters as [group][panel][term][lane], terms by phase, channel and tap, or by phase, tap and channel. A task is a panel.</summary>
    private struct Filters : IRangeBody
    {
        public ConvPhase* Phases;
        public int Count;
        public ConvTap* Taps;
        public T* W, Target;
        public long Channels, Outputs, Panels, TapCount, Terms, LaneStep, ChannelStep;
        public bool TapsApart;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            for (long task = start; task < end; task++)
            {
                (long group, long panel) = Math.DivRem(task, Panels);
                int lanes = (int)Math.Min(Width, Outputs - panel * Width);
                T* from = W + group * Outputs * Channels * TapCount + panel * Width * LaneStep, to = Target + task * Terms * Width;
                if (Count == 1 && LaneStep == Terms)
                {
                    GemmPack<T>.Run(from, (nint)LaneStep, 1, lanes, (nint)Terms, to, Width);
                    continue;
                }
                T* turned = GemmScratch.Get<T>(GemmScratch.Use.B, TapCount * Width);
                for (long c = 0; c < Channels; c++)
                {
                    GemmPack<T>.Run(from + c * ChannelStep, (nint)LaneStep, 1, lanes, (nint)TapCount, turned, Width);
                    for (int i = 0; i < Count; i++)
                    {
                        for (int j = 0; j < Phases[i].Taps; j++)
                        {
                            T* tap = to + (Phases[i].FirstTap * Channels + (TapsApart ? j * Channels + c : c * Phases[i].Taps + j)) * Width;
                            T* source = turned + Taps[Phases[i].FirstTap + j].Filter * Width;
                            V v0 = TVector.Load(source), v1 = TVector.Load(source + TVector.Count);
                            TVector.Store(v0, tap);
                            TVector.Store(v1, tap + TVector.Count);
                        }
                    }
                }
            }
        }
    }

    /// <summary>A task is a part of the positions, or some panels of one.</summary>
    private struct Tasks : IRangeBody
    {
        public ConvGeometry G;
        public ConvPhase* Phases;

        /// <summary>How many phases there are, and how many lie side by side in a line.</summary>
        public int Count, Columns;
        public ConvCut Cut;
        public ConvLines<T> Lines;
        public T* X, Y, Filters, Bias;
        public nint* Offsets;
        public long DepthStep, LineStep, ColumnStep, Pixels, Panels, Terms, PanelTasks;

        /// <summary>Whether terms are in the order of taps, each of which is summed by itself.</summary>
        public bool TapsApart;

        private readonly long MostPositions => Cut.Lines * Cut.Columns;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            T* copy = GemmScratch.Get<T>(GemmScratch.Use.Columns, Lines.Count);
            T** positions = (T**)GemmScratch.Get<nint>(GemmScratch.Use.A, Count * (MostPositions + 1));
            nint* counts = (nint*)(positions + Count * MostPositions);
            long panelsAtOnce = Math.Max(1, ChannelsAtOnce / Width);
            nint pitch = (nint)(Math.Min(panelsAtOnce, Panels) * Width) + 16;
            T* sums = GemmScratch.Get<T>(GemmScratch.Use.Patches, Count * MostPositions * pitch);
            for (long task = start, held = -1; task < end; task++)
            {
                (long part, long panelTask) = Math.DivRem(task, PanelTasks);
                if (held != part) Prepare(part, copy, positions, counts);
                held = part;
                long group = part / Cut.Count, endPanel = (panelTask + 1) * Panels / PanelTasks;
                for (long panel = panelTask * Panels / PanelTasks; panel < endPanel; panel += panelsAtOnce)
                {
                    long last = Math.Min(panel + panelsAtOnce, endPanel);
                    for (int phase = 0; phase < Count; phase++)
                        Sum(Phases[phase], positions + phase * MostPositions, counts[phase], group, panel, last, sums + phase * MostPositions * pitch, pitch);
                    long channel = panel * Width;
                    Put(part, channel, Math.Min(last * Width, G.OutChannels) - channel, sums, pitch);
                }
            }
        }

        /// <summary>Copies lines, and lists where each position of each phase begins to read.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Prepare(long part, T* copy, T** positions, nint* counts)
        {
            (long group, part) = Math.DivRem(part, Cut.Count);
            Cut.Locate(part, out long line, out long endLine, out long column, out long columns);
            for (int phase = 0; phase < Count; phase++) counts[phase] = 0;
            for (; line < endLine; copy += Lines.RunStep)
            {
                long some = Cut.Run(line, endLine, out long n, out long od, out long oh);
                Lines.Fill(X + (n * G.Groups + group) * G.InChannels * G.InPixels, od, oh, some, column, 0, G.InChannels, copy);
                for (int phase = 0; phase < Count; phase++)
                {
                    if (od >= Phases[phase].Depth) continue;
                    long height = Math.Min(some, Phases[phase].Height - oh), width = Math.Min(columns, Phases[phase].Width - column);
                    T** to = positions + phase * MostPositions;
                    nint count = counts[phase];
                    for (long h = 0; h < height; h++)
                        for (long w = 0; w < width; w++) to[count++] = copy + h * Lines.LineStep + w;
                    counts[phase] = count;
                }
                line += some;
            }
        }

        /// <summary>The sums of some panels at the positions of a phase, as [position][channel].</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Sum(in ConvPhase phase, T** positions, nint count, long group, long panel, long endPanel, T* sums, nint pitch)
        {
            long terms = phase.Taps * G.InChannels, firstTerm = phase.FirstTap * G.InChannels, parts = TapsApart ? phase.Taps : (terms + LargestSum - 1) / LargestSum;
            nint tiles = (count + ConvTile<T, V, TVector>.Rows - 1) / ConvTile<T, V, TVector>.Rows;
            for (long part = 0; part < parts; part++)
            {
                long first = part * terms / parts, length = (part + 1) * terms / parts - first;
                for (long p = panel; p < endPanel; p++)
                {
                    T* b = Filters + ((group * Panels + p) * Terms + firstTerm + first) * Width, c = sums + (p - panel) * Width;
                    int vectors = G.OutChannels - p * Width <= TVector.Count ? 1 : 2;
                    for (nint i = 0; i < tiles; i++)
                    {
                        nint row = i * count / tiles, rows = (i + 1) * count / tiles - row;
                        ConvTile<T, V, TVector>.Run((int)rows, vectors, (nint)length, positions + row, Offsets + firstTerm + first, b, c + row * pitch, pitch, part > 0);
                    }
                }
            }
        }

        /// <summary>Turns sums into lines of y; an element of each phase of adjacent columns in turn.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Put(long part, long channel, long channels, T* sums, nint pitch)
        {
            (long group, part) = Math.DivRem(part, Cut.Count);
            T** rows = (T**)GemmScratch.Get<nint>(GemmScratch.Use.B, Columns * MostPositions);
            T* zeros = GemmScratch.Get<T>(GemmScratch.Use.Sums, pitch), bias = Bias == null ? null : Bias + group * G.OutChannels + channel;
            new Span<T>(zeros, (int)pitch).Clear();
            for (int first = 0; first < Count; first += Columns)
            {
                var phase = Phases[first];
                bool empty = true; // where no tap reaches
                for (int i = first; i < first + Columns; i++) empty &= Phases[i].Taps == 0;
                Cut.Locate(part, out long line, out long endLine, out long column, out long columns);
                bool joined = ColumnStep == 1 && LineStep == columns; // lines follow each other in y
                for (long done = 0; line < endLine;)
                {
                    long some = Cut.Run(line, endLine, out long n, out long od, out long oh);
                    line += some;
                    if (od >= phase.Depth) continue;
                    T* y = Y + ((n * G.Groups + group) * G.OutChannels + channel) * Pixels + phase.First + od * DepthStep + oh * LineStep + column * ColumnStep;
                    for (long end = done + Math.Min(some, phase.Height - oh); done < end; y += LineStep)
                    {
                        if (empty)
                        {
                            long width = 0;
                            for (int i = first; i < first + Columns; i++) width += Math.Clamp(Phases[i].Width - column, 0, columns);
                            for (long c = 0; c < channels; c++) new Span<T>(y + c * Pixels, (int)width).Fill(bias == null ? T.Zero : bias[c]);
                            G.Finish?.CompleteIn(n * G.Groups + group, width * channels);
                            done++;
                            continue;
                        }
                        nint count = 0;
                        do
                        {
                            for (long w = 0; w < columns; w++)
                            {
                                for (int i = first; i < first + Columns; i++)
                                {
                                    long width = Math.Min(columns, Phases[i].Width - column);
                                    if (w < width) rows[count++] = Phases[i].Taps == 0 ? zeros : sums + (i * MostPositions + done * width + w) * pitch;
                                }
                            }
                        }
                        while (++done < end && joined);
                        ConvTurn<T>.Run(rows, count, (nint)channels, bias, y, (nint)Pixels);
                        G.Finish?.CompleteIn(n * G.Groups + group, count * channels);
                    }
                }
            }
        }
    }
}
