using System.Numerics;

namespace Firesteel;

/// <summary>
/// The gradients of convolutions of float32 and float64 as matrix products, a group of an image at a time, over tiles of positions whose
/// column matrix stays in the second cache. Tasks follow from the shapes alone and never share an element of the result.
/// </summary>
internal static unsafe class CpuConvGemm<T, V, TVector>
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : unmanaged
    where TVector : struct, IGemmVector<T, V>
{
    /// <summary>Bytes of the column matrix of a tile.</summary>
    private const long TileBytes = 256 * 1024;

    /// <summary>Positions in a tile; not a power of two, so that the rows of the column matrix do not fall onto each other in the caches.</summary>
    private static long TilePixels(in ConvGeometry g, long rows)
    {
        long pixels = Math.Clamp(TileBytes / sizeof(T) / Math.Max(1, rows), 48, 496) / 16 * 16;
        return Math.Max(1, Math.Min(pixels, g.OutPixels));
    }

    private static long Grain(long work) => Math.Max(1, CpuMatMul.SerialWork / Math.Max(1, work));

    /// <summary>x = what w spreads from y.</summary>
    public static void Data(in ConvGeometry g, T* y, T* w, T* x)
    {
        var body = new DataImages { G = g, X = x, W = w, Y = y };
        long images = g.Batch * g.Groups, work = g.InChannels * g.Taps * g.OutChannels * g.OutPixels;
        // Tiles of one image write to the same elements, so images are the tasks; with few images the product itself is shared.
        if (images < 4 && work > 4 * CpuMatMul.SerialWork)
        {
            body.Parallel = true;
            body.Run(0, images);
        }
        else CpuThreads.For(images, Grain(work), body);
    }

    private struct DataImages : IRangeBody
    {
        public ConvGeometry G;
        public T* X, W, Y;
        public bool Parallel;

        public readonly void Run(long start, long end)
        {
            long rows = G.InChannels * G.Taps, step = TilePixels(G, rows);
            bool direct = G.IsPointwise;
            for (long image = start; image < end; image++)
            {
                T* x = X + image * G.InChannels * G.InPixels;
                if (!direct) Clear(x, G.InChannels * G.InPixels);
                for (long first = 0; first < G.OutPixels; first += step)
                {
                    long last = Math.Min(first + step, G.OutPixels), width = last - first;
                    T* columns = direct ? x + first : GemmScratch.Get<T>(GemmScratch.Use.Columns, rows * step);
                    CpuGemm<T, V, TVector>.Run(
                        new GemmProduct<T>
                        {
                            A = W + image % G.Groups * G.OutChannels * rows, ARow = 1, ACol = (nint)rows,
                            B = Y + image * G.OutChannels * G.OutPixels + first, BRow = (nint)G.OutPixels, BCol = 1,
                            C = columns, CRow = (nint)(direct ? G.InPixels : width), CCol = 1,
                            M = (nint)rows, N = (nint)width, K = (nint)G.OutChannels,
                        },
                        Parallel);
                    if (!direct) ConvColumns<T>.Scatter(G, x, 0, rows, first, last, columns, width);
                }
            }
        }
    }

    private static void Clear(T* data, long count)
    {
        const int Most = 1 << 28;
        for (; count > 0; count -= Most, data += Most) new Span<T>(data, (int)Math.Min(count, Most)).Clear();
    }

    /// <summary>w = how x and y move together.</summary>
    public static void Filter(in ConvGeometry g, T* x, T* y, T* w)
    {
        // A task owns some rows of the column matrix, that is some columns of w, over all images, so that nothing needs adding up between tasks.
        long rows = g.InChannels * g.Taps;
        long each = Math.Clamp((rows + 7) / 8, 8, 96);
        var body = new FilterRows { G = g, X = x, W = w, Y = y, Each = each, Chunks = (rows - 1) / each + 1 };
        long work = each * g.OutChannels * g.Batch * g.OutPixels;
        CpuThreads.For(g.Groups * body.Chunks, Grain(work), body);
    }

    private struct FilterRows : IRangeBody
    {
        public ConvGeometry G;
        public T* X, W, Y;
        public long Each, Chunks;

        public readonly void Run(long start, long end)
        {
            long rows = G.InChannels * G.Taps, step = TilePixels(G, Each);
            for (long task = start; task < end; task++)
            {
                (long group, long chunk) = Math.DivRem(task, Chunks);
                long firstRow = chunk * Each, endRow = Math.Min(firstRow + Each, rows), count = endRow - firstRow;
                T* w = W + group * G.OutChannels * rows + firstRow;
                for (long o = 0; o < G.OutChannels; o++) new Span<T>(w + o * rows, (int)count).Clear();
                bool direct = G.IsPointwise;
                T* copy = direct ? null : GemmScratch.Get<T>(GemmScratch.Use.Columns, count * step);
                for (long n = 0; n < G.Batch; n++)
                {
                    long image = n * G.Groups + group;
                    for (long first = 0; first < G.OutPixels; first += step)
                    {
                        long last = Math.Min(first + step, G.OutPixels), width = last - first;
                        T* x = X + image * G.InChannels * G.InPixels, columns = direct ? x + firstRow * G.InPixels + first : copy;
                        if (!direct) ConvColumns<T>.Gather(G, x, firstRow, endRow, first, last, columns, width);
                        CpuGemm<T, V, TVector>.Run(
                            new GemmProduct<T>
                            {
                                A = Y + image * G.OutChannels * G.OutPixels + first, ARow = (nint)G.OutPixels, ACol = 1,
                                B = columns, BRow = 1, BCol = (nint)(direct ? G.InPixels : width),
                                C = w, CRow = (nint)rows, CCol = 1,
                                M = (nint)G.OutChannels, N = (nint)count, K = (nint)width, Add = true,
                            },
                            false);
                    }
                }
            }
        }
    }
}
