using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// The innermost loop of convolutions: c[row, lane] = (or +=) the sum over k of a[row][offsets[k]] * b[k, lane]. Where x is read depends on a row plus
/// on a term, so neither of the passes lays a column matrix out: forward, rows are positions and terms are (channel, tap); for the gradient of the filter, rows are
/// (channel, tap) and terms are positions. Every element is one chain of multiply-adds with k ascending, whatever the size of the tile.
/// </summary>
internal static unsafe class ConvTile<T, V, TVector>
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : unmanaged
    where TVector : struct, IGemmVector<T, V>
{
    /// <summary>The most rows of a tile, on any processor: so many pointers fit into registers.</summary>
    public const int Rows = 6;

    /// <summary>Lanes of a panel of b.</summary>
    public static int Width => 2 * TVector.Count;

    /// <summary>Up to six <paramref name="rows"/>, one or two <paramref name="vectors"/> of lanes.</summary>
    public static void Run(int rows, int vectors, nint k, T** a, nint* offsets, T* b, T* c, nint cRow, bool add)
    {
        if (vectors == 2)
        {
            switch (rows)
            {
                case 1: Run<GemmTileSize.R1V2>(k, a, offsets, b, c, cRow, add); break;
                case 2: Run<GemmTileSize.R2V2>(k, a, offsets, b, c, cRow, add); break;
                case 3: Run<GemmTileSize.R3V2>(k, a, offsets, b, c, cRow, add); break;
                case 4: Run<GemmTileSize.R4V2>(k, a, offsets, b, c, cRow, add); break;
                case 5: Run<GemmTileSize.R5V2>(k, a, offsets, b, c, cRow, add); break;
                case 6: Run<GemmTileSize.R6V2>(k, a, offsets, b, c, cRow, add); break;
            }
        }
        else
        {
            switch (rows)
            {
                case 1: Run<GemmTileSize.R1V1>(k, a, offsets, b, c, cRow, add); break;
                case 2: Run<GemmTileSize.R2V1>(k, a, offsets, b, c, cRow, add); break;
                case 3: Run<GemmTileSize.R3V1>(k, a, offsets, b, c, cRow, add); break;
                case 4: Run<GemmTileSize.R4V1>(k, a, offsets, b, c, cRow, add); break;
                case 5: Run<GemmTileSize.R5V1>(k, a, offsets, b, c, cRow, add); break;
                case 6: Run<GemmTileSize.R6V1>(k, a, offsets, b, c, cRow, add); break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TSize>(nint k, T** a, nint* offsets, T* b, T* c, nint cRow, bool add)
        where TSize : struct, IGemmTileSize
    {
        V c00 = TVector.Zero, c01 = TVector.Zero;
        V c10 = TVector.Zero, c11 = TVector.Zero;
        V c20 = TVector.Zero, c21 = TVector.Zero;
        V c30 = TVector.Zero, c31 = TVector.Zero;
        V c40 = TVector.Zero, c41 = TVector.Zero;
        V c50 = TVector.Zero, c51 = TVector.Zero;
        T* a0 = a[0], a1 = TSize.Rows > 1 ? a[1] : a0, a2 = TSize.Rows > 2 ? a[2] : a0;
        T* a3 = TSize.Rows > 3 ? a[3] : a0, a4 = TSize.Rows > 4 ? a[4] : a0, a5 = TSize.Rows > 5 ? a[5] : a0;
        for (nint* end = offsets + k; offsets < end; offsets++)
        {
            nint at = *offsets;
            V b0 = TVector.Load(b), b1 = TSize.Vectors > 1 ? TVector.Load(b + TVector.Count) : b0;
            {
                V x = TVector.Broadcast(a0 + at);
                c00 = TVector.Fma(x, b0, c00);
                if (TSize.Vectors > 1) c01 = TVector.Fma(x, b1, c01);
            }
            if (TSize.Rows > 1)
            {
                V x = TVector.Broadcast(a1 + at);
                c10 = TVector.Fma(x, b0, c10);
                if (TSize.Vectors > 1) c11 = TVector.Fma(x, b1, c11);
            }
            if (TSize.Rows > 2)
            {
                V x = TVector.Broadcast(a2 + at);
                c20 = TVector.Fma(x, b0, c20);
                if (TSize.Vectors > 1) c21 = TVector.Fma(x, b1, c21);
            }
            if (TSize.Rows > 3)
            {
                V x = TVector.Broadcast(a3 + at);
                c30 = TVector.Fma(x, b0, c30);
                if (TSize.Vectors > 1) c31 = TVector.Fma(x, b1, c31);
            }
            if (TSize.Rows > 4)
            {
                V x = TVector.Broadcast(a4 + at);
                c40 = TVector.Fma(x, b0, c40);
                if (TSize.Vectors > 1) c41 = TVector.Fma(x, b1, c41);
            }
            if (TSize.Rows > 5)
            {
                V x = TVector.Broadcast(a5 + at);
                c50 = TVector.Fma(x, b0, c50);
                if (TSize.Vectors > 1) c51 = TVector.Fma(x, b1, c51);
            }
            b += Width;
        }
        Put<TSize>(c00, c01, c, add);
        if (TSize.Rows > 1) Put<TSize>(c10, c11, c + 1 * cRow, add);
        if (TSize.Rows > 2) Put<TSize>(c20, c21, c + 2 * cRow, add);
        if (TSize.Rows > 3) Put<TSize>(c30, c31, c + 3 * cRow, add);
        if (TSize.Rows > 4) Put<TSize>(c40, c41, c + 4 * cRow, add);
        if (TSize.Rows > 5) Put<TSize>(c50, c51, c + 5 * cRow, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TSize>(V v0, V v1, T* c, bool add)
        where TSize : struct, IGemmTileSize
    {
        if (add)
        {
            v0 = TVector.Add(TVector.Load(c), v0);
            if (TSize.Vectors > 1) v1 = TVector.Add(TVector.Load(c + TVector.Count), v1);
        }
        TVector.Store(v0, c);
        if (TSize.Vectors > 1) TVector.Store(v1, c + TVector.Count);
    }
}
