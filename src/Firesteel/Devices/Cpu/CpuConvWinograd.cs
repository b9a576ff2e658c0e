using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// The forward pass and the gradient of x of a <see cref="WinogradPlan"/>: patches and filters are transformed, multiplied as 36 matrices
/// over the channels, and transformed back. All of it in blocks that the caches hold. <typeparamref name="V"/> is the vector of the products,
/// <typeparamref name="U"/> that of the transforms.
/// </summary>
internal static unsafe class CpuConvWinograd<T, V, TVector, U, TLanes>
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : unmanaged
    where U : unmanaged
    where TVector : struct, IGemmVector<T, V>
    where TLanes : struct, IGemmVector<T, U>
{
    /// <summary>Bytes of transformed patches, and of transformed filters, that exist at a time; they stay in the third cache.</summary>
    private const long BlockBytes = 4 << 20;

    /// <summary>Tiles, and panels of output channels, of a task: its products stay in the second cache.</summary>
    private const int TilesPerTask = 48, PanelsPerTask = 2;

    /// <summary>Input channels that are summed in one go: with more, rounding errors grow.</summary>
    private const nint LargestSum = 128;

    /// <summary>Input channels that a task of the filters handles.</summary>
    private const int ChannelsPerTask = 32;

    private const int Points = WinogradPlan.Points;

    private static int Width => 2 * TVector.Count;

    /// <summary>y = x * w, or for <paramref name="data"/> with y for x, x for y, and w turned around; plus a bias for every output channel (with a vector of room behind them) unless that is null.</summary>
    public static void Run(in WinogradPlan plan, bool data, T* x, T* w, T* bias, T* y)
    {
        long panels = (plan.OutChannels - 1) / Width + 1, panelBytes = Points * plan.InChannels * Width * sizeof(T);
        bool once = plan.Tiles <= 2 * TilesPerTask; // one panel of all tiles is as much as two of half of them
        long panelsAtOnce = once ? panels : Even(panels, Math.Max(1, BlockBytes / panelBytes));
        var patches = new WinogradPatches<T, U, TLanes> { Plan = plan, Images = x, Channels = plan.InChannels, AllChannels = plan.Groups * plan.InChannels, Pitch = WinogradPatches<T, U, TLanes>.PitchOf(plan.InChannels) };
        long tilesAtOnce = Even(plan.Tiles, Math.Max(TilesPerTask, BlockBytes / sizeof(T) / patches.ElementsPerTile));
        patches.Step = (nint)tilesAtOnce * patches.Pitch;
        patches.Target = GemmScratch.Get<T>(GemmScratch.Use.Patches, Points * patches.Step);
        var filters = new Filters { Plan = plan, Data = data, W = w, Target = once ? null : GemmScratch.Get<T>(GemmScratch.Use.Filters, panelsAtOnce * Points * plan.InChannels * Width) };
        var products = new Products { Plan = plan, Patches = patches.Target, PatchStep = patches.Step, Pitch = patches.Pitch, Filters = filters.Target, Bias = bias, Y = y, Once = once };
        plan.Finish?.BeginPieces(plan.OutChannels * plan.OutH * plan.OutW);
        for (long group = 0; group < plan.Groups; group++)
        {
            patches.FirstChannel = group * plan.InChannels;
            filters.Group = products.Group = group;
            products.Source = filters;
            for (long tile = 0; tile < plan.Tiles; tile += tilesAtOnce)
            {
                long tiles = Math.Min(tilesAtOnce, plan.Tiles - tile);
                patches.Fill(tile, tiles);
                for (long panel = 0; panel < panels; panel += panelsAtOnce)
                {
                    filters.FirstPanel = products.FirstPanel = panel;
                    products.Panels = Math.Min(panelsAtOnce, panels - panel);
                    if (!once && (tile == 0 || panelsAtOnce < panels))
                        CpuThreads.For(products.Panels * filters.Blocks, Math.Max(1, CpuMatMul.SerialWork / (20 * ChannelsPerTask * Width)), filters);
                    products.FirstTile = tile;
                    products.Tiles = tiles;
                    CpuThreads.For(products.Count, 1, products);
                }
            }
        }
    }

    /// <summary>The size of parts of at most <paramref name="most"/> that are all about equal.</summary>
    private static long Even(long count, long most)
    {
        long parts = (count - 1) / most + 1;
        return (count - 1) / parts + 1;
    }

    /// <summary>Transforms filters to [panel][point][input channel][output channel of the panel]. A task is a block of input channels of a panel.</summary>
    private struct Filters : IRangeBody
    {
        public WinogradPlan Plan;
        public bool Data;
        public T* W, Target;
        public long Group, FirstPanel;

        public readonly long Blocks => (Plan.InChannels - 1) / ChannelsPerTask + 1;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            nint step = (nint)Plan.InChannels * Width;
            for (long task = start; task < end; task++)
            {
                (long panel, long block) = Math.DivRem(task, Blocks);
                long first = block * ChannelsPerTask;
                Transform(FirstPanel + panel, first, Math.Min(ChannelsPerTask, Plan.InChannels - first), Target + panel * Points * step + first * Width, step);
            }
        }

        /// <summary>Some input channels of a panel, with <paramref name="step"/> from point to point.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Transform(long panel, long first, long count, T* target, nint step)
        {
            T* taps = GemmScratch.Get<T>(GemmScratch.Use.B, ChannelsPerTask * 9 * Width), w = W + Group * Plan.InChannels * Plan.OutChannels * 9;
            long output = panel * Width;
            int lanes = (int)Math.Min(Width, Plan.OutChannels - output);
            for (long end = first + count; first < end; first += ChannelsPerTask)
            {
                int some = (int)Math.Min(ChannelsPerTask, end - first);
                if (Data)
                {
                    // w is [input channel][output channel][tap].
                    for (int c = 0; c < some; c++)
                        GemmPack<T>.Run(w + ((first + c) * Plan.OutChannels + output) * 9, 9, 1, lanes, 9, taps + c * 9 * Width, Width);
                }
                else GemmPack<T>.Run(w + (output * Plan.InChannels + first) * 9, (nint)Plan.InChannels * 9, 1, lanes, 9 * some, taps, Width);
                for (int c = 0; c < some; c++, target += Width)
                {
                    T* from = taps + (c * 9 + (Data ? 8 : 0)) * Width;
                    for (int lane = 0; lane < Width; lane += TLanes.Count)
                        WinogradTransforms<T, U, TLanes>.Filter(from + lane, Data ? -Width : Width, target + lane, step);
                }
            }
        }
    }

    /// <summary>Multiplies patches by filters and puts the tiles into y. A task is a block of tiles of a block of panels.</summary>
    private struct Products : IRangeBody
    {
        public WinogradPlan Plan;
        public T* Patches, Filters, Bias, Y;
        public nint PatchStep, Pitch;
        public long Group, FirstPanel, Panels, FirstTile, Tiles;

        /// <summary>Makes the filters of each task by itself: they are used only once.</summary>
        public bool Once;
        public Filters Source;

        private readonly int PanelsAtOnce => Once ? 1 : PanelsPerTask;

        private readonly nint TilesAtOnce => Once ? (nint)Tiles : TilesPerTask;

        private readonly long PanelBlocks => (Panels - 1) / PanelsAtOnce + 1;

        public readonly long Count => ((Tiles - 1) / TilesAtOnce + 1) * PanelBlocks;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            nint productPitch = PanelsAtOnce * Width, productStep = TilesAtOnce * productPitch + 16;
            T* products = GemmScratch.Get<T>(GemmScratch.Use.Columns, Points * productStep);
            for (long task = start; task < end; task++)
            {
                (long tileBlock, long panelBlock) = Math.DivRem(task, PanelBlocks);
                long tile = tileBlock * TilesAtOnce, panel = panelBlock * PanelsAtOnce, endPanel = Math.Min(panel + PanelsAtOnce, Panels);
                nint tiles = (nint)Math.Min(TilesAtOnce, Tiles - tile);
                if (Once) MultiplyOnce(tile, tiles, panel, products, productPitch, productStep);
                else Multiply(tile, tiles, panel, endPanel, products, productPitch, productStep);
                long firstChannel = (FirstPanel + panel) * Width, endChannel = Math.Min((FirstPanel + endPanel) * Width, Plan.OutChannels);
                PutTiles(FirstTile + tile, tiles, firstChannel, endChannel, products, productPitch, productStep);
                if (Plan.Finish is not null) Tell(FirstTile + tile, tiles, endChannel - firstChannel);
            }
        }

        /// <summary>So many channels of some tiles are complete.</summary>
        private readonly void Tell(long firstTile, nint tiles, long channels)
        {
            long known = -1, elements = 0;
            for (nint i = 0; i < tiles; i++)
            {
                Plan.Locate(firstTile + i, out long image, out long row, out long column);
                if (image != known && elements > 0)
                {
                    Plan.Finish!.CompleteIn(known * Plan.Groups + Group, elements);
                    elements = 0;
                }
                known = image;
                elements += Math.Min(WinogradPlan.Side, Plan.OutH - row) * Math.Min(WinogradPlan.Side, Plan.OutW - column) * channels;
            }
            if (elements > 0) Plan.Finish!.CompleteIn(known * Plan.Groups + Group, elements);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Multiply(long tile, nint tiles, long panel, long endPanel, T* products, nint productPitch, nint productStep)
        {
            nint channels = (nint)Plan.InChannels, filterStep = channels * Width, sums = Sums;
            for (int point = 0; point < Points; point++)
            {
                T* a = Patches + point * PatchStep + (nint)tile * Pitch;
                for (long p = panel; p < endPanel; p++)
                {
                    T* b = Filters + (p * Points + point) * filterStep, c = products + point * productStep + (p - panel) * Width;
                    int vectors = Plan.OutChannels - (FirstPanel + p) * Width <= TVector.Count ? 1 : 2;
                    for (nint sum = 0; sum < sums; sum++)
                    {
                        nint first = sum * channels / sums, depth = (sum + 1) * channels / sums - first;
                        Rows(a + first, tiles, depth, b + first * Width, vectors, c, productPitch, first > 0);
                    }
                }
            }
        }

        /// <summary>How many sums over some of the input channels there are.</summary>
        private readonly nint Sums => ((nint)Plan.InChannels - 1) / LargestSum + 1;

        /// <summary>The same for one panel, with filters that are transformed on the way and stay in the second cache.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void MultiplyOnce(long tile, nint tiles, long panel, T* products, nint productPitch, nint productStep)
        {
            nint channels = (nint)Plan.InChannels, sums = Sums;
            int vectors = Plan.OutChannels - (FirstPanel + panel) * Width <= TVector.Count ? 1 : 2;
            nint filterStep = LargestSum * Width + 16;
            T* filters = GemmScratch.Get<T>(GemmScratch.Use.Sums, Points * filterStep);
            for (nint sum = 0; sum < sums; sum++)
            {
                nint first = sum * channels / sums, depth = (sum + 1) * channels / sums - first;
                Source.Transform(FirstPanel + panel, first, depth, filters, filterStep);
                for (int point = 0; point < Points; point++)
                    Rows(Patches + point * PatchStep + (nint)tile * Pitch + first, tiles, depth, filters + point * filterStep, vectors, products + point * productStep, productPitch, first > 0);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Rows(T* a, nint tiles, nint depth, T* b, int vectors, T* c, nint productPitch, bool add)
        {
            nint panels = (tiles - 1) / TVector.Rows + 1;
            for (nint i = 0; i < panels; i++)
            {
                nint row = i * tiles / panels, endRow = (i + 1) * tiles / panels;
                GemmTile<T, V, TVector>.Run((int)(endRow - row), vectors, depth, a + row * Pitch, Pitch, 1, b, Width, c + row * productPitch, productPitch, add);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void PutTiles(long firstTile, nint tiles, long firstChannel, long endChannel, T* products, nint productPitch, nint productStep)
        {
            nint plane = (nint)(Plan.OutH * Plan.OutW);
            for (nint i = 0; i < tiles; i++)
            {
                Plan.Locate(firstTile + i, out long image, out long row, out long column);
                T* y = Y + ((image * Plan.Groups + Group) * Plan.OutChannels + firstChannel) * plane + row * Plan.OutW + column;
                int rows = (int)Math.Min(WinogradPlan.Side, Plan.OutH - row), columns = (int)Math.Min(WinogradPlan.Side, Plan.OutW - column);
                for (long channel = firstChannel; channel < endChannel; channel += TLanes.Count, y += TLanes.Count * plane)
                {
                    int lanes = (int)Math.Min(TLanes.Count, endChannel - channel);
                    WinogradTransforms<T, U, TLanes>.Output(products + i * productPitch + (channel - firstChannel), productStep, Bias == null ? null : Bias + Group * Plan.OutChannels + channel, y, plane, (nint)Plan.OutW, lanes, rows, columns);
                }
            }
        }
    }
}
