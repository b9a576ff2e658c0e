using System.Numerics;

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
    public static void Run(int rows, int vectors, nint k, T** a, nint* offsets, T* b, T* c, nint cRow, bool add) =>
        GemmTile<T, V, TVector>.Run<GemmTileOperands.Rows>(rows, vectors, k, null, 0, 0, a, offsets, b, Width, c, cRow, add ? c : null, cRow);
}
