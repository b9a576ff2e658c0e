using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// The gradient of the filter for float32 and float64: for every (channel, tap) and output channel a sum over the positions of y. Lines of x are copied once
/// (<see cref="ConvLines{T}"/>) and read in place under every tap; y is turned so that output channels are adjacent. A task owns some (channel, tap) and
/// output channels for all positions, so nothing is added up between tasks, and positions are summed in parts that depend on sizes only.
/// </summary>
internal static unsafe class CpuConvFilter<T, V, TVector>
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : unmanaged
    where TVector : struct, IGemmVector<T, V>
{
    /// <summary>Positions that are summed in one go: a panel of y of this length takes half of the first cache.</summary>
    private const long PositionsAtOnce = 256;

    /// <summary>Bytes of copies of x and y that exist at a time.</summary>
    private const long BlockBytes = 1 << 20;

    /// <summary>Channels, and panels, of a task that copies.</summary>
    private const long ChannelsPerCopy = 16;

    /// <summary>w = how x and y move together.</summary>
    public static void Run(in ConvGeometry g, T* x, T* y, T* w)
    {
        int width = ConvTile<T, V, TVector>.Width;
        long rows = g.InChannels * g.Taps, panels = (g.OutChannels - 1) / width + 1, pitch = panels * width + 16;
        T* sums = GemmScratch.Get<T>(GemmScratch.Use.Filters, rows * pitch);
        if (g.Batch * g.OutPixels == 0)
        {
            for (long i = 0; i < g.Groups * g.OutChannels * rows; i++) w[i] = T.Zero;
            return;
        }
        var cut = new ConvCut(g, PositionsAtOnce);
        var lines = new ConvLines<T>(g, cut.Lines, cut.Columns, 0);
        long positions = cut.Lines * cut.Columns, step = (lines.Count + 15) & ~15L, panelStep = positions * width;
        long parts = Math.Clamp(BlockBytes / sizeof(T) / (step + panels * panelStep), 1, cut.Count);
        var copy = new Copies
        {
            G = g, Cut = cut, Lines = lines, X = x, Y = y, Step = step, PanelStep = panelStep, Panels = panels,
            CopyOfX = GemmScratch.Get<T>(GemmScratch.Use.Patches, parts * step),
            CopyOfY = GemmScratch.Get<T>(GemmScratch.Use.Tiles, parts * panels * panelStep),
            Offsets = GemmScratch.Get<nint>(GemmScratch.Use.WideB, parts * positions),
            Counts = GemmScratch.Get<nint>(GemmScratch.Use.WideC, parts),
        };
        // Tasks are rows of tiles; where these are few, panels too.
        long tiles = (rows - 1) / ConvTile<T, V, TVector>.Rows + 1, rowTasks = Math.Clamp(tiles / 4, 1, 16), panelTasks = Math.Min(panels, Math.Max(1, 8 / rowTasks));
        long work = rows * g.OutChannels * positions * parts / (rowTasks * panelTasks);
        for (long group = 0; group < g.Groups; group++)
        {
            copy.Group = group;
            for (long part = 0; part < cut.Count; part += parts)
            {
                copy.First = part;
                long some = Math.Min(parts, cut.Count - part);
                CpuThreads.For(some * copy.TasksPerPart, Math.Max(1, CpuMatMul.SerialWork / 4 / (ChannelsPerCopy * positions)), copy);
                var products = new Products
                {
                    Copy = copy, Parts = some, Rows = rows, RowTasks = rowTasks, PanelTasks = panelTasks, Sums = sums, Pitch = (nint)pitch,
                    Add = part > 0, W = part + some == cut.Count ? w + group * g.OutChannels * rows : null,
                };
                CpuThreads.For(rowTasks * panelTasks, Math.Max(1, CpuMatMul.SerialWork / Math.Max(1, work)), products);
            }
        }
    }

    /// <summary>Copies lines of x, and turns panels of y. A task is some channels, or a panel, of a part of the positions.</summary>
    private struct Copies : IRangeBody
    {
        public ConvGeometry G;
        public ConvCut Cut;
        public ConvLines<T> Lines;
        public T* X, Y, CopyOfX, CopyOfY;

        /// <summary>Of each part, where each of its positions is in the copy of x, and how many there are.</summary>
        public nint* Offsets, Counts;
        public long Group, First, Panels, Step, PanelStep;

        private readonly long ChannelTasks => (G.InChannels - 1) / ChannelsPerCopy + 1;

        public readonly long Positions => Cut.Lines * Cut.Columns;

        public readonly long TasksPerPart => ChannelTasks + Panels;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            for (long task = start; task < end; task++)
            {
                (long part, long index) = Math.DivRem(task, TasksPerPart);
                if (index < ChannelTasks) CopyX(part, index);
                else CopyY(part, index - ChannelTasks);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void CopyX(long part, long index)
        {
            long first = index * ChannelsPerCopy, end = Math.Min(first + ChannelsPerCopy, G.InChannels);
            T* to = CopyOfX + part * Step;
            nint* offsets = Offsets + part * Positions;
            nint count = 0, run = 0;
            Cut.Locate(First + part, out long line, out long endLine, out long column, out long columns);
            for (; line < endLine; run += (nint)Lines.RunStep)
            {
                long some = Cut.Run(line, endLine, out long n, out long od, out long oh);
                Lines.Fill(X + (n * G.Groups + Group) * G.InChannels * G.InPixels, od, oh, some, column, first, end, to + run);
                for (long h = 0; h < some && index == 0; h++)
                    for (long w = 0; w < columns; w++) offsets[count++] = run + (nint)(h * Lines.LineStep + w);
                line += some;
            }
            if (index == 0) Counts[part] = count;
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void CopyY(long part, long panel)
        {
            int width = ConvTile<T, V, TVector>.Width;
            T* to = CopyOfY + (part * Panels + panel) * PanelStep;
            int lanes = (int)Math.Min(width, G.OutChannels - panel * width);
            Cut.Locate(First + part, out long line, out long endLine, out long column, out long columns);
            while (line < endLine)
            {
                long some = Cut.Run(line, endLine, out long n, out long od, out long oh), count = (some - 1) * G.OutW + columns;
                T* from = Y + ((n * G.Groups + Group) * G.OutChannels + panel * width) * G.OutPixels + (od * G.OutH + oh) * G.OutW + column;
                GemmPack<T>.Run(from, (nint)G.OutPixels, 1, lanes, (nint)count, to, width);
                to += count * width;
                line += some;
            }
        }
    }

    /// <summary>The sums of some (channel, tap) and some panels over all positions that are copied.</summary>
    private struct Products : IRangeBody
    {
        public Copies Copy;
        public T* Sums;
        public nint Pitch;
        public long Parts, Rows, RowTasks, PanelTasks;
        public bool Add;

        /// <summary>Where the sums go when they are complete.</summary>
        public T* W;

        [SkipLocalsInit]
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            int width = ConvTile<T, V, TVector>.Width;
            for (long task = start; task < end; task++)
            {
                (long rowTask, long panelTask) = Math.DivRem(task, PanelTasks);
                long firstRow = rowTask * Rows / RowTasks, count = (rowTask + 1) * Rows / RowTasks - firstRow;
                long firstPanel = panelTask * Copy.Panels / PanelTasks, endPanel = (panelTask + 1) * Copy.Panels / PanelTasks;
                T** rows = (T**)GemmScratch.Get<nint>(GemmScratch.Use.A, count);
                long tiles = (count - 1) / ConvTile<T, V, TVector>.Rows + 1;
                for (long part = 0; part < Parts; part++)
                {
                    for (long i = 0; i < count; i++)
                    {
                        (long c, long tap) = Math.DivRem(firstRow + i, Copy.G.Taps);
                        rows[i] = Copy.CopyOfX + part * Copy.Step + c * Copy.Lines.ChannelStep + Copy.Lines.Tap(tap);
                    }
                    nint* offsets = Copy.Offsets + part * Copy.Positions;
                    for (long panel = firstPanel; panel < endPanel; panel++)
                    {
                        T* b = Copy.CopyOfY + (part * Copy.Panels + panel) * Copy.PanelStep, c = Sums + firstRow * Pitch + panel * width;
                        int vectors = Copy.G.OutChannels - panel * width <= TVector.Count ? 1 : 2;
                        for (long i = 0; i < tiles; i++)
                        {
                            long row = i * count / tiles, height = (i + 1) * count / tiles - row;
                            ConvTile<T, V, TVector>.Run((int)height, vectors, Copy.Counts[part], rows + row, offsets, b, c + row * Pitch, Pitch, Add || part > 0);
                        }
                    }
                }
                if (W != null) Put(firstRow, count, firstPanel * width, Math.Min(endPanel * width, Copy.G.OutChannels));
            }
        }

        /// <summary>Turns sums around, in blocks that the first cache holds.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Put(long firstRow, long count, long firstChannel, long endChannel)
        {
            const long Block = 64;
            for (long row = firstRow; row < firstRow + count; row += Block)
            {
                int some = (int)Math.Min(Block, firstRow + count - row);
                for (long o = firstChannel; o < endChannel; o += Block)
                    GemmPack<T>.Copy(Sums + row * Pitch + o, Pitch, 1, some, (nint)Math.Min(Block, endChannel - o), W + o * Rows + row, checked((int)Rows));
            }
        }
    }
}
