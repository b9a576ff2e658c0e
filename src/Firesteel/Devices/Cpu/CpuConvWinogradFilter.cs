using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// The gradient of the filter of a <see cref="WinogradPlan"/>: transformed patches of x times transformed tiles of y, summed over all tiles as 36
/// matrix products, and transformed back. Type parameters as in <see cref="CpuConvWinograd{T, V, TVector, U, TLanes}"/>.
/// </summary>
internal static unsafe class CpuConvWinogradFilter<T, V, TVector, U, TLanes>
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : unmanaged
    where U : unmanaged
    where TVector : struct, IGemmVector<T, V>
    where TLanes : struct, IGemmVector<T, U>
{
    /// <summary>Bytes of transformed patches, of tiles, and of filters that exist at a time; they stay in the third cache.</summary>
    private const long BlockBytes = 4 << 20;

    /// <summary>Tiles that are summed in one go.</summary>
    private const long LargestSum = 384;

    private const int Points = WinogradPlan.Points;

    /// <summary>w = how x and y move together.</summary>
    public static void Run(in WinogradPlan plan, T* x, T* y, T* w)
    {
        nint pitch = WinogradPatches<T, U, TLanes>.PitchOf(plan.InChannels);
        long outputsAtOnce = Part(plan.OutChannels, BlockBytes / sizeof(T) / (Points * pitch));
        var patches = new WinogradPatches<T, U, TLanes> { Plan = plan, Images = x, Channels = plan.InChannels, AllChannels = plan.Groups * plan.InChannels, Pitch = pitch };
        var tiles = new WinogradPatches<T, U, TLanes> { Plan = plan, Images = y, OfOutput = true, AllChannels = plan.Groups * plan.OutChannels, Pitch = WinogradPatches<T, U, TLanes>.PitchOf(outputsAtOnce) };
        // How the sum is cut must not depend on the width of vectors.
        long tilesAtOnce = Part(plan.Tiles, Math.Min(LargestSum, BlockBytes / sizeof(T) / Math.Max(patches.ElementsPerTile, tiles.ElementsPerTile)));
        patches.Step = (nint)tilesAtOnce * pitch;
        tiles.Step = (nint)tilesAtOnce * tiles.Pitch;
        patches.Target = GemmScratch.Get<T>(GemmScratch.Use.Patches, Points * patches.Step);
        tiles.Target = GemmScratch.Get<T>(GemmScratch.Use.Tiles, Points * tiles.Step);
        nint step = (nint)outputsAtOnce * pitch + 16;
        T* sums = GemmScratch.Get<T>(GemmScratch.Use.Filters, Points * step);
        for (long group = 0; group < plan.Groups; group++)
        {
            patches.FirstChannel = group * plan.InChannels;
            for (long output = 0; output < plan.OutChannels; output += outputsAtOnce)
            {
                tiles.FirstChannel = group * plan.OutChannels + output;
                tiles.Channels = Math.Min(outputsAtOnce, plan.OutChannels - output);
                for (long tile = 0; tile < plan.Tiles; tile += tilesAtOnce)
                {
                    long count = Math.Min(tilesAtOnce, plan.Tiles - tile);
                    if (output == 0 || tilesAtOnce < plan.Tiles) patches.Fill(tile, count);
                    tiles.Fill(tile, count);
                    CpuThreads.For(Points, 1, new Products { Patches = patches, Tiles = tiles, Depth = (nint)count, Sums = sums, Step = step, Add = tile > 0 });
                }
                T* target = w + (group * plan.OutChannels + output) * plan.InChannels * 9;
                CpuThreads.For(tiles.Channels, Math.Max(1, CpuMatMul.SerialWork / (300 * plan.InChannels)), new Gradients { Channels = plan.InChannels, Sums = sums, Pitch = pitch, Step = step, W = target });
            }
        }
    }

    private static long Part(long count, long most)
    {
        most = Math.Max(1, most);
        long parts = (count - 1) / most + 1;
        return (count - 1) / parts + 1;
    }

    /// <summary>The products [output channel][input channel] of each point.</summary>
    private struct Products : IRangeBody
    {
        public WinogradPatches<T, U, TLanes> Patches, Tiles;
        public T* Sums;
        public nint Depth, Step;
        public bool Add;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            nint rows = (nint)Tiles.Channels, panels = (rows - 1) / TVector.Rows + 1, pitch = Patches.Pitch;
            for (nint point = (nint)start; point < end; point++)
            {
                T* a = Tiles.Target + point * Tiles.Step;
                for (nint column = 0; column < Patches.Channels; column += 2 * TVector.Count)
                {
                    T* b = Patches.Target + point * Patches.Step + column, c = Sums + point * Step + column;
                    int vectors = Patches.Channels - column <= TVector.Count ? 1 : 2;
                    for (nint i = 0; i < panels; i++)
                    {
                        nint row = i * rows / panels, endRow = (i + 1) * rows / panels;
                        GemmTile<T, V, TVector>.Run((int)(endRow - row), vectors, Depth, a + row, 1, Tiles.Pitch, b, pitch, c + row * pitch, pitch, Add);
                    }
                }
            }
        }
    }

    /// <summary>The filters of each output channel.</summary>
    private struct Gradients : IRangeBody
    {
        public long Channels;
        public T* Sums, W;
        public nint Pitch, Step;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            for (nint row = (nint)start; row < end; row++)
                for (long channel = 0; channel < Channels; channel += TLanes.Count)
                    WinogradTransforms<T, U, TLanes>.FilterGradient(Sums + row * Pitch + channel, Step, W + (row * Channels + channel) * 9, (int)Math.Min(TLanes.Count, Channels - channel));
        }
    }
}
