using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// The forward convolution of float32 and float64 as a matrix product whose second operand is never laid out: panels of it are copied from
/// <see cref="ConvLines{T}"/> right into the form that the innermost loop reads. Every element adds up (channel, tap) in one order.
/// </summary>
internal static unsafe class CpuConvForward<T, V, TVector>
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : unmanaged
    where TVector : struct, IGemmVector<T, V>
{
    /// <summary>The longest block of the sum: a panel of this length takes half of the first cache.</summary>
    private const long LargestBlock = 320;

    /// <summary>Positions of y that a task has at least, if there are as many.</summary>
    private const long PositionsPerTask = 128;

    /// <summary>Rows of w that stay in the second cache.</summary>
    private const int RowsAtOnce = 96;

    /// <summary>So few positions that rows of w are read for them alone, if all of the column matrix takes no more bytes than these; and the rows of a task.</summary>
    private const long FewPositions = 64, BytesOfFew = 2 << 20;

    /// <inheritdoc cref="FewPositions"/>
    private const int RowsOfFew = 36;

    private static int Width => 2 * TVector.Count;

    /// <summary>y = x * w, plus a bias for every output channel unless that is null.</summary>
    public static void Run(in ConvGeometry g, T* x, T* w, T* bias, T* y)
    {
        if (g.Batch * g.OutPixels <= FewPositions && g.InChannels * g.Taps * (FewPositions + g.OutW) * sizeof(T) <= BytesOfFew)
        {
            RunFew(g, x, w, bias, y);
            return;
        }
        long lines = g.Batch * g.OutD * g.OutH, perTask = Math.Clamp(PositionsPerTask / g.OutW, 1, lines);
        long lineTasks = (lines - 1) / perTask + 1;
        // With few positions the output channels are shared out too.
        long rowTasks = Math.Clamp(8 / (lineTasks * g.Groups), 1, (g.OutChannels + 47) / 48);
        var body = new Tasks { G = g, X = x, W = w, Bias = bias, Y = y, Lines = new ConvLines<T>(g, perTask, g.OutW, Width), LinesPerTask = perTask, LineTasks = lineTasks, RowTasks = rowTasks };
        long work = g.InChannels * g.Taps * g.OutChannels / rowTasks * perTask * g.OutW;
        g.Finish?.BeginPieces(g.OutChannels * g.OutPixels);
        CpuThreads.For(g.Groups * lineTasks * rowTasks, Math.Max(1, CpuMatMul.SerialWork / Math.Max(1, work)), body);
    }

    /// <summary>
    /// With few positions, reading w takes the time: panels of all of the sum are laid out once, and then every row of w is read through, from its beginning to
    /// its end. The blocks of the sum are the same as otherwise.
    /// </summary>
    private static void RunFew(in ConvGeometry g, T* x, T* w, T* bias, T* y)
    {
        long lines = g.Batch * g.OutD * g.OutH, depth = g.InChannels * g.Taps, blocks = (depth - 1) / LargestBlock + 1;
        var tasks = new Tasks { G = g, X = x, W = w, Bias = bias, Y = y, Lines = new ConvLines<T>(g, lines, g.OutW, Width), LinesPerTask = lines, LineTasks = 1, RowTasks = 1 };
        long mostPanels = tasks.MostPanels;
        var few = new Few
        {
            Tasks = tasks, Blocks = blocks, Step = mostPanels * ((depth - 1) / blocks + 1) * Width + Width,
            Panels = (Panel*)GemmScratch.Get<byte>(GemmScratch.Use.Sums, mostPanels * sizeof(Panel) + (lines + mostPanels) * sizeof(Part)),
            Offsets = GemmScratch.Get<long>(GemmScratch.Use.WideB, g.Taps),
        };
        few.Parts = (Part*)(few.Panels + mostPanels);
        few.Packed = GemmScratch.Get<T>(GemmScratch.Use.Filters, blocks * few.Step);
        T* copy = GemmScratch.Get<T>(GemmScratch.Use.Columns, tasks.Lines.Count);
        for (long tap = 0; tap < g.Taps; tap++) few.Offsets[tap] = tasks.Lines.Tap(tap);
        g.Finish?.BeginPieces(g.OutChannels * g.OutPixels);
        for (long group = 0; group < g.Groups; group++)
        {
            few.Group = group;
            few.Count = tasks.Prepare(group, copy, few.Panels, few.Parts);
            few.Packs = true;
            CpuThreads.For(blocks, Math.Max(1, CpuMatMul.SerialWork / 8 / (few.Count * LargestBlock * Width)), few);
            few.Packs = false;
            long rowTasks = (g.OutChannels - 1) / RowsOfFew + 1;
            CpuThreads.For(rowTasks, Math.Max(1, CpuMatMul.SerialWork / (RowsOfFew * depth * few.Count * Width)), few);
        }
    }

    /// <summary>First lays out a block of the sum in each task, then multiplies it by some rows.</summary>
    private struct Few : IRangeBody
    {
        public Tasks Tasks;
        public Panel* Panels;
        public Part* Parts;
        public long* Offsets;
        public T* Packed;
        public int Count;
        public bool Packs;
        public long Group, Blocks, Step;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            var g = Tasks.G;
            long depth = g.InChannels * g.Taps;
            for (long task = start; task < end; task++)
            {
                if (Packs)
                {
                    nint first = Start(task, depth), length = Start(task + 1, depth) - first;
                    for (int i = 0; i < Count; i++) Tasks.Pack(Panels[i], Parts, Offsets, first, length, Packed + task * Step + i * length * Width);
                    continue;
                }
                nint firstRow = (nint)task * RowsOfFew, endRow = (nint)Math.Min(firstRow + RowsOfFew, g.OutChannels), panels = (endRow - firstRow - 1) / TVector.Rows + 1;
                for (nint j = 0; j < panels; j++)
                {
                    nint row = firstRow + j * (endRow - firstRow) / panels, last = firstRow + (j + 1) * (endRow - firstRow) / panels;
                    for (long block = 0; block < Blocks; block++)
                    {
                        nint first = Start(block, depth), length = Start(block + 1, depth) - first;
                        Tasks.Multiply(
                            Panels, Count, Packed + block * Step, length * Width, Tasks.W + Group * g.OutChannels * depth + first, (nint)depth, length, row, last, block > 0,
                            Tasks.Bias == null ? null : Tasks.Bias + Group * g.OutChannels);
                    }
                }
                if (g.Finish is not null) Tasks.Tell(Group, endRow - firstRow);
            }
        }

        private readonly nint Start(long block, long depth) => (nint)(block * depth / Blocks);
    }

    /// <summary>Adjacent positions of y in one image.</summary>
    private struct Panel
    {
        /// <summary>Where the first position is in y (of the first output channel), and how many there are.</summary>
        public T* Y;
        public int Count;

        /// <summary>The parts that lie in one line each: where the copy has them for the first channel and tap.</summary>
        public int FirstPart, Parts;
    }

    private struct Part
    {
        public T* Source;
        public int Lane;
    }

    private struct Tasks : IRangeBody
    {
        public ConvGeometry G;
        public T* X, W, Bias, Y;
        public ConvLines<T> Lines;
        public long LinesPerTask, LineTasks, RowTasks;

        /// <summary>Every run of lines may end with a panel that is not full.</summary>
        public readonly long MostPanels => LinesPerTask * G.OutW / Width + Math.Min(LinesPerTask, LinesPerTask / G.OutH + 2) + 1;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            long taps = G.Taps, depth = G.InChannels * taps;
            long blocks = (depth - 1) / LargestBlock + 1;
            long mostPanels = MostPanels, mostParts = LinesPerTask + mostPanels;
            T* copy = GemmScratch.Get<T>(GemmScratch.Use.Columns, Lines.Count);
            nint panelStep = (nint)((depth - 1) / blocks + 1) * Width;
            T* packed = GemmScratch.Get<T>(GemmScratch.Use.B, mostPanels * panelStep + Width);
            long* offsets = GemmScratch.Get<long>(GemmScratch.Use.A, taps);
            for (long tap = 0; tap < taps; tap++) offsets[tap] = Lines.Tap(tap);
            var panels = (Panel*)GemmScratch.Get<byte>(GemmScratch.Use.Sums, mostPanels * sizeof(Panel) + mostParts * sizeof(Part));
            var parts = (Part*)(panels + mostPanels);
            int count = 0;
            for (long task = start, held = -1; task < end; task++)
            {
                (long lineTask, long rowTask) = Math.DivRem(task, RowTasks);
                if (held != lineTask) count = Prepare(lineTask, copy, panels, parts);
                held = lineTask;
                long group = lineTask / LineTasks;
                nint firstRow = (nint)(rowTask * G.OutChannels / RowTasks), endRow = (nint)((rowTask + 1) * G.OutChannels / RowTasks);
                for (long block = 0; block < blocks; block++)
                {
                    nint first = (nint)(block * depth / blocks), length = (nint)((block + 1) * depth / blocks) - first;
                    for (int i = 0; i < count; i++) Pack(panels[i], parts, offsets, first, length, packed + i * panelStep);
                    Multiply(panels, count, packed, panelStep, W + group * G.OutChannels * depth + first, (nint)depth, length, firstRow, endRow, block > 0, Bias == null ? null : Bias + group * G.OutChannels);
                }
                if (G.Finish is not null) Tell(lineTask, endRow - firstRow);
            }
        }

        /// <summary>So many channels of the lines are complete.</summary>
        public readonly void Tell(long lineTask, long channels)
        {
            (long group, long tile) = Math.DivRem(lineTask, LineTasks);
            long line = tile * LinesPerTask, endLine = Math.Min(line + LinesPerTask, G.Batch * G.OutD * G.OutH);
            while (line < endLine)
            {
                (long n, long rest) = Math.DivRem(line, G.OutD * G.OutH);
                long lines = Math.Min(G.OutD * G.OutH - rest, endLine - line);
                G.Finish!.CompleteIn(n * G.Groups + group, lines * G.OutW * channels);
                line += lines;
            }
        }

        /// <summary>Copies the lines of x, and lists the panels.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly int Prepare(long lineTask, T* copy, Panel* panels, Part* parts)
        {
            (long group, long tile) = Math.DivRem(lineTask, LineTasks);
            long line = tile * LinesPerTask, endLine = Math.Min(line + LinesPerTask, G.Batch * G.OutD * G.OutH);
            int count = 0, partCount = 0;
            for (; line < endLine; copy += Lines.RunStep)
            {
                (long rest, long oh) = Math.DivRem(line, G.OutH);
                (long n, long od) = Math.DivRem(rest, G.OutD);
                long lines = Math.Min(G.OutH - oh, endLine - line), image = n * G.Groups + group;
                Lines.Fill(X + image * G.InChannels * G.InPixels, od, oh, lines, 0, 0, G.InChannels, copy);
                T* y = Y + image * G.OutChannels * G.OutPixels + (od * G.OutH + oh) * G.OutW;
                for (long position = 0; position < lines * G.OutW; position += Width)
                {
                    var panel = new Panel { Y = y + position, Count = (int)Math.Min(Width, lines * G.OutW - position), FirstPart = partCount };
                    for (int lane = 0; lane < panel.Count;)
                    {
                        (long row, long column) = Math.DivRem(position + lane, G.OutW);
                        parts[partCount++] = new Part { Source = copy + row * Lines.LineStep + column, Lane = lane };
                        lane += (int)Math.Min(G.OutW - column, panel.Count - lane);
                    }
                    panel.Parts = partCount - panel.FirstPart;
                    panels[count++] = panel;
                }
                line += lines;
            }
            return count;
        }

        /// <summary>Rows [first, first + length) of the columns of a panel. Parts are copied as whole panels: what is too much is overwritten by what follows.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Pack(in Panel panel, Part* parts, long* offsets, nint first, nint length, T* target)
        {
            long taps = G.Taps, step = Lines.ChannelStep;
            (long c, long tap) = Math.DivRem((long)first, taps);
            int end = panel.FirstPart + panel.Parts;
            for (nint i = 0; i < length; i++, target += Width)
            {
                long offset = c * step + offsets[tap];
                for (int part = panel.FirstPart; part < end; part++)
                {
                    T* from = parts[part].Source + offset, to = target + parts[part].Lane;
                    V v0 = TVector.Load(from), v1 = TVector.Load(from + TVector.Count);
                    TVector.Store(v0, to);
                    TVector.Store(v1, to + TVector.Count);
                }
                if (++tap == taps)
                {
                    tap = 0;
                    c++;
                }
            }
        }

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Multiply(Panel* panels, int count, T* packed, nint panelStep, T* w, nint wRow, nint length, nint firstRow, nint endRow, bool add, T* bias)
        {
            T* edge = stackalloc T[TVector.Rows * Width];
            nint yRow = (nint)G.OutPixels;
            for (nint rows = firstRow; rows < endRow; rows += RowsAtOnce)
            {
                nint some = Math.Min(RowsAtOnce, endRow - rows), rowPanels = (some - 1) / TVector.Rows + 1;
                // Rows of w that lie in pages of their own are laid out one after the other.
                T* packedRows = count >= 4 && rowPanels > 1 && wRow * sizeof(T) >= 4096 ? GemmScratch.Get<T>(GemmScratch.Use.WideA, RowsAtOnce * LargestBlock) : null;
                for (nint j = 0; packedRows != null && j < rowPanels; j++)
                {
                    nint row = j * some / rowPanels;
                    int height = (int)((j + 1) * some / rowPanels - row);
                    GemmPack<T>.Run(w + (rows + row) * wRow, wRow, 1, height, length, packedRows + row * length, height);
                }
                for (int i = 0; i < count; i++)
                {
                    ref readonly var panel = ref panels[i];
                    int vectors = panel.Count <= TVector.Count ? 1 : 2;
                    bool whole = panel.Count == vectors * TVector.Count;
                    for (nint j = 0; j < rowPanels; j++)
                    {
                        nint row = rows + j * some / rowPanels;
                        int height = (int)(rows + (j + 1) * some / rowPanels - row);
                        T* y = panel.Y + row * yRow, a = packedRows != null ? packedRows + (row - rows) * length : w + row * wRow;
                        nint aRow = packedRows != null ? 1 : wRow, aCol = packedRows != null ? height : 1;
                        if (bias != null && !add) Begin(bias + row, height, panel.Count, y, yRow);
                        if (whole) GemmTile<T, V, TVector>.Run(height, vectors, length, a, aRow, aCol, packed + i * panelStep, Width, y, yRow, add || bias != null);
                        else
                        {
                            GemmTile<T, V, TVector>.Run(height, vectors, length, a, aRow, aCol, packed + i * panelStep, Width, edge, Width, false);
                            Put(edge, height, panel.Count, y, yRow, add || bias != null);
                        }
                    }
                }
            }
        }

        private static void Begin(T* bias, int rows, int columns, T* y, nint yRow)
        {
            for (int i = 0; i < rows; i++, y += yRow) new Span<T>(y, columns).Fill(bias[i]);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Put(T* edge, int rows, int columns, T* y, nint yRow, bool add)
        {
            for (int i = 0; i < rows; i++, y += yRow, edge += Width)
            {
                if (add)
                    for (int j = 0; j < columns; j++) y[j] += edge[j];
                else
                    for (int j = 0; j < columns; j++) y[j] = edge[j];
            }
        }
    }
}
