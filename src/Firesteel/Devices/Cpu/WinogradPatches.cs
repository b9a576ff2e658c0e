using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// Reads images of a group as transformed patches or tiles, ready for products: an element is at [point][tile][channel], with
/// <see cref="Pitch"/> from tile to tile and <see cref="Step"/> from point to point.
/// </summary>
internal unsafe struct WinogradPatches<T, V, TVector> : IRangeBody
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : unmanaged
    where TVector : struct, IGemmVector<T, V>
{
    private const int TilesAtOnce = 8;

    public WinogradPlan Plan;

    /// <summary>The images, how many channels the group has, and where it begins among <see cref="AllChannels"/>.</summary>
    public T* Images, Target;
    public long FirstChannel, Channels, AllChannels;
    public long FirstTile;
    public nint Pitch, Step;

    /// <summary>Tiles of y instead of patches of x.</summary>
    public bool OfOutput;

    /// <summary>Room from tile to tile: whole cache lines, an odd number of them so that tiles do not fall onto each other in the caches.</summary>
    public static nint PitchOf(long channels) => (nint)((channels + 15) / 16 | 1) * 16;

    public readonly long ElementsPerTile => WinogradPlan.Points * Pitch;

    /// <summary>Reads the tiles from <see cref="FirstTile"/> on.</summary>
    public void Fill(long firstTile, long count)
    {
        FirstTile = firstTile;
        CpuThreads.For(count, Math.Max(TilesAtOnce, CpuMatMul.SerialWork / (300 * Channels)), this);
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void Run(long start, long end)
    {
        long height = OfOutput ? Plan.OutH : Plan.InH, width = OfOutput ? Plan.OutW : Plan.InW;
        nint plane = (nint)(height * width);
        var readable = new WinogradTransforms<T, V, TVector>.Readable(Images, Images + Plan.Batch * AllChannels * plane);
        T** corners = stackalloc T*[TilesAtOnce];
        long* rows = stackalloc long[TilesAtOnce], columns = stackalloc long[TilesAtOnce];
        for (long first = start; first < end; first += TilesAtOnce)
        {
            int count = (int)Math.Min(TilesAtOnce, end - first);
            for (int i = 0; i < count; i++)
            {
                Plan.Locate(FirstTile + first + i, out long image, out long row, out long column);
                if (!OfOutput) (row, column) = (row - Plan.PaddingH, column - Plan.PaddingW);
                (rows[i], columns[i]) = (row, column);
                corners[i] = Images + (image * AllChannels + FirstChannel) * plane + row * width + column;
            }
            for (long channel = 0; channel < Channels; channel += TVector.Count)
            {
                int lanes = (int)Math.Min(TVector.Count, Channels - channel);
                for (int i = 0; i < count; i++)
                {
                    T* from = corners[i] + (nint)channel * plane, to = Target + (nint)(first + i) * Pitch + channel;
                    if (OfOutput)
                    {
                        WinogradTransforms<T, V, TVector>.Tile(
                            from, plane, (nint)width, lanes,
                            (int)Math.Min(WinogradPlan.Side, height - rows[i]), (int)Math.Min(WinogradPlan.Side, width - columns[i]), readable, to, Step);
                    }
                    else
                    {
                        int firstColumn = (int)Math.Max(0, -columns[i]), endColumn = (int)Math.Clamp(width - columns[i], firstColumn, WinogradPlan.Patch);
                        WinogradTransforms<T, V, TVector>.Patch(from, plane, (nint)width, lanes, rows[i], height, firstColumn, endColumn, readable, to, Step);
                    }
                }
            }
        }
    }
}
