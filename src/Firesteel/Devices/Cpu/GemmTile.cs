using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>The size of a tile of the result as a type, so that each size becomes a method of its own.</summary>
internal interface IGemmTileSize
{
    static abstract int Rows { get; }

    /// <summary>Columns in vectors, 1 or 2.</summary>
    static abstract int Vectors { get; }
}

/// <summary>Where a tile finds what it multiplies, as a type for the same reason.</summary>
internal interface IGemmTileOperands
{
    /// <summary>Rows of a begin anywhere, and what stands in their way is the offset of a term.</summary>
    static abstract bool RowsByOffset { get; }

    /// <summary>Rows of b are at the offsets of terms.</summary>
    static abstract bool TermsByOffset { get; }
}

/// <summary>The places of operands.</summary>
internal static class GemmTileOperands
{
    /// <summary>Both are matrices with strides.</summary>
    public readonly struct Strided : IGemmTileOperands { public static bool RowsByOffset => false; public static bool TermsByOffset => false; }

    /// <summary>a is read at the sum of a row and an offset.</summary>
    public readonly struct Rows : IGemmTileOperands { public static bool RowsByOffset => true; public static bool TermsByOffset => false; }

    /// <summary>b is read at an offset.</summary>
    public readonly struct Terms : IGemmTileOperands { public static bool RowsByOffset => false; public static bool TermsByOffset => true; }
}

/// <summary>The sizes of tiles.</summary>
internal static class GemmTileSize
{
    public readonly struct R1V1 : IGemmTileSize { public static int Rows => 1; public static int Vectors => 1; }

    public readonly struct R1V2 : IGemmTileSize { public static int Rows => 1; public static int Vectors => 2; }

    public readonly struct R2V1 : IGemmTileSize { public static int Rows => 2; public static int Vectors => 1; }

    public readonly struct R2V2 : IGemmTileSize { public static int Rows => 2; public static int Vectors => 2; }

    public readonly struct R3V1 : IGemmTileSize { public static int Rows => 3; public static int Vectors => 1; }

    public readonly struct R3V2 : IGemmTileSize { public static int Rows => 3; public static int Vectors => 2; }

    public readonly struct R4V1 : IGemmTileSize { public static int Rows => 4; public static int Vectors => 1; }

    public readonly struct R4V2 : IGemmTileSize { public static int Rows => 4; public static int Vectors => 2; }

    public readonly struct R5V1 : IGemmTileSize { public static int Rows => 5; public static int Vectors => 1; }

    public readonly struct R5V2 : IGemmTileSize { public static int Rows => 5; public static int Vectors => 2; }

    public readonly struct R6V1 : IGemmTileSize { public static int Rows => 6; public static int Vectors => 1; }

    public readonly struct R6V2 : IGemmTileSize { public static int Rows => 6; public static int Vectors => 2; }

    public readonly struct R7V1 : IGemmTileSize { public static int Rows => 7; public static int Vectors => 1; }

    public readonly struct R7V2 : IGemmTileSize { public static int Rows => 7; public static int Vectors => 2; }

    public readonly struct R8V1 : IGemmTileSize { public static int Rows => 8; public static int Vectors => 1; }

    public readonly struct R8V2 : IGemmTileSize { public static int Rows => 8; public static int Vectors => 2; }

    public readonly struct R9V1 : IGemmTileSize { public static int Rows => 9; public static int Vectors => 1; }

    public readonly struct R9V2 : IGemmTileSize { public static int Rows => 9; public static int Vectors => 2; }

    public readonly struct R10V1 : IGemmTileSize { public static int Rows => 10; public static int Vectors => 1; }

    public readonly struct R10V2 : IGemmTileSize { public static int Rows => 10; public static int Vectors => 2; }

    public readonly struct R11V1 : IGemmTileSize { public static int Rows => 11; public static int Vectors => 1; }

    public readonly struct R11V2 : IGemmTileSize { public static int Rows => 11; public static int Vectors => 2; }

    public readonly struct R12V1 : IGemmTileSize { public static int Rows => 12; public static int Vectors => 1; }

    public readonly struct R12V2 : IGemmTileSize { public static int Rows => 12; public static int Vectors => 2; }

    public readonly struct R13V1 : IGemmTileSize { public static int Rows => 13; public static int Vectors => 1; }

    public readonly struct R13V2 : IGemmTileSize { public static int Rows => 13; public static int Vectors => 2; }

    public readonly struct R14V1 : IGemmTileSize { public static int Rows => 14; public static int Vectors => 1; }

    public readonly struct R14V2 : IGemmTileSize { public static int Rows => 14; public static int Vectors => 2; }

}

/// <summary>
/// The innermost loop of the matrix product: a tile of c stays in registers while k runs. Every element is one chain of
/// multiply-adds with k ascending, whatever the size of the tile, so how a matrix is cut into tiles does not show in the result.
/// </summary>
internal static unsafe class GemmTile<T, V, TVector>
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : unmanaged
    where TVector : struct, IGemmVector<T, V>
{
    /// <summary>
    /// c[rows, vectors] = (or += if <paramref name="add"/>) a[rows, k] b[k, vectors]. Any strides of a; the columns of b and of c are adjacent.
    /// </summary>
    public static void Run(int rows, int vectors, nint k, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c, nint cRow, bool add) =>
        Run(rows, vectors, k, a, aRow, aCol, b, bRow, c, cRow, add ? c : null, cRow);

    /// <summary>c[rows, vectors] = start[rows, vectors] + a[rows, k] b[k, vectors]; no start is 0. The columns of b, c and start are adjacent.</summary>
    public static void Run(int rows, int vectors, nint k, T* a, nint aRow, nint aCol, T* b, nint bRow, T* c, nint cRow, T* start, nint startRow) =>
        Run<GemmTileOperands.Strided>(rows, vectors, k, a, aRow, aCol, null, null, b, bRow, c, cRow, start, startRow);

    /// <summary>
    /// The same with operands at offsets, one for each of the k terms: up to six rows that begin at <paramref name="rows"/> in place of a, and then b is a panel of two
    /// vectors from row to row; or rows of b.
    /// </summary>
    public static void Run<TOperands>(int count, int vectors, nint k, T* a, nint aRow, nint aCol, T** rows, nint* offsets, T* b, nint bRow, T* c, nint cRow, T* start, nint startRow)
        where TOperands : struct, IGemmTileOperands
    {
        if (vectors == 2)
        {
            switch (count)
            {
                case 1: Run<GemmTileSize.R1V2, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 2: Run<GemmTileSize.R2V2, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 3: Run<GemmTileSize.R3V2, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 4: Run<GemmTileSize.R4V2, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 5: Run<GemmTileSize.R5V2, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 6: Run<GemmTileSize.R6V2, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 7: Run<GemmTileSize.R7V2, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 8: Run<GemmTileSize.R8V2, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 9: Run<GemmTileSize.R9V2, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 10: Run<GemmTileSize.R10V2, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 11: Run<GemmTileSize.R11V2, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 12: Run<GemmTileSize.R12V2, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 13: Run<GemmTileSize.R13V2, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 14: Run<GemmTileSize.R14V2, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
            }
        }
        else
        {
            switch (count)
            {
                case 1: Run<GemmTileSize.R1V1, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 2: Run<GemmTileSize.R2V1, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 3: Run<GemmTileSize.R3V1, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 4: Run<GemmTileSize.R4V1, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 5: Run<GemmTileSize.R5V1, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 6: Run<GemmTileSize.R6V1, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 7: Run<GemmTileSize.R7V1, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 8: Run<GemmTileSize.R8V1, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 9: Run<GemmTileSize.R9V1, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 10: Run<GemmTileSize.R10V1, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 11: Run<GemmTileSize.R11V1, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 12: Run<GemmTileSize.R12V1, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 13: Run<GemmTileSize.R13V1, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
                case 14: Run<GemmTileSize.R14V1, TOperands>(k, a, aRow, aCol, rows, offsets, b, bRow, c, cRow, start, startRow); break;
            }
        }
    }

    // One body for all sizes: the conditions on the size are constants to the JIT, which keeps only what applies, and named
    // locals (not arrays) end up in registers.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TSize, TOperands>(nint k, T* a0, nint aRow, nint aCol, T** rows, nint* offsets, T* b, nint bRow, T* c, nint cRow, T* start, nint startRow)
        where TSize : struct, IGemmTileSize
        where TOperands : struct, IGemmTileOperands
    {
        V c00 = TVector.Zero, c01 = TVector.Zero;
        V c10 = TVector.Zero, c11 = TVector.Zero;
        V c20 = TVector.Zero, c21 = TVector.Zero;
        V c30 = TVector.Zero, c31 = TVector.Zero;
        V c40 = TVector.Zero, c41 = TVector.Zero;
        V c50 = TVector.Zero, c51 = TVector.Zero;
        V c60 = TVector.Zero, c61 = TVector.Zero;
        V c70 = TVector.Zero, c71 = TVector.Zero;
        V c80 = TVector.Zero, c81 = TVector.Zero;
        V c90 = TVector.Zero, c91 = TVector.Zero;
        V c100 = TVector.Zero, c101 = TVector.Zero;
        V c110 = TVector.Zero, c111 = TVector.Zero;
        V c120 = TVector.Zero, c121 = TVector.Zero;
        V c130 = TVector.Zero, c131 = TVector.Zero;
        nint aRow2 = 2 * aRow;
        T* r1 = a0, r2 = a0, r3 = a0, r4 = a0, r5 = a0;
        if (TOperands.RowsByOffset)
        {
            a0 = rows[0];
            if (TSize.Rows > 1) r1 = rows[1];
            if (TSize.Rows > 2) r2 = rows[2];
            if (TSize.Rows > 3) r3 = rows[3];
            if (TSize.Rows > 4) r4 = rows[4];
            if (TSize.Rows > 5) r5 = rows[5];
        }
        T* a3 = a0 + 3 * aRow, a6 = a0 + 6 * aRow, a9 = a0 + 9 * aRow, a12 = a0 + 12 * aRow;
        bool byOffset = TOperands.RowsByOffset || TOperands.TermsByOffset;
        for (nint* end = offsets + k; byOffset ? offsets < end : k > 0;)
        {
            nint at = byOffset ? *offsets : 0;
            T* line = TOperands.TermsByOffset ? b + at : b;
            V b0 = TVector.Load(line), b1 = TSize.Vectors > 1 ? TVector.Load(line + TVector.Count) : b0;
            {
                V x = TVector.Broadcast(TOperands.RowsByOffset ? a0 + at : a0);
                c00 = TVector.Fma(x, b0, c00);
                if (TSize.Vectors > 1) c01 = TVector.Fma(x, b1, c01);
            }
            if (TSize.Rows > 1)
            {
                V x = TVector.Broadcast(TOperands.RowsByOffset ? r1 + at : a0 + aRow);
                c10 = TVector.Fma(x, b0, c10);
                if (TSize.Vectors > 1) c11 = TVector.Fma(x, b1, c11);
            }
            if (TSize.Rows > 2)
            {
                V x = TVector.Broadcast(TOperands.RowsByOffset ? r2 + at : a0 + aRow2);
                c20 = TVector.Fma(x, b0, c20);
                if (TSize.Vectors > 1) c21 = TVector.Fma(x, b1, c21);
            }
            if (TSize.Rows > 3)
            {
                V x = TVector.Broadcast(TOperands.RowsByOffset ? r3 + at : a3);
                c30 = TVector.Fma(x, b0, c30);
                if (TSize.Vectors > 1) c31 = TVector.Fma(x, b1, c31);
            }
            if (TSize.Rows > 4)
            {
                V x = TVector.Broadcast(TOperands.RowsByOffset ? r4 + at : a3 + aRow);
                c40 = TVector.Fma(x, b0, c40);
                if (TSize.Vectors > 1) c41 = TVector.Fma(x, b1, c41);
            }
            if (TSize.Rows > 5)
            {
                V x = TVector.Broadcast(TOperands.RowsByOffset ? r5 + at : a3 + aRow2);
                c50 = TVector.Fma(x, b0, c50);
                if (TSize.Vectors > 1) c51 = TVector.Fma(x, b1, c51);
            }
            if (TSize.Rows > 6)
            {
                V x = TVector.Broadcast(a6);
                c60 = TVector.Fma(x, b0, c60);
                if (TSize.Vectors > 1) c61 = TVector.Fma(x, b1, c61);
            }
            if (TSize.Rows > 7)
            {
                V x = TVector.Broadcast(a6 + aRow);
                c70 = TVector.Fma(x, b0, c70);
                if (TSize.Vectors > 1) c71 = TVector.Fma(x, b1, c71);
            }
            if (TSize.Rows > 8)
            {
                V x = TVector.Broadcast(a6 + aRow2);
                c80 = TVector.Fma(x, b0, c80);
                if (TSize.Vectors > 1) c81 = TVector.Fma(x, b1, c81);
            }
            if (TSize.Rows > 9)
            {
                V x = TVector.Broadcast(a9);
                c90 = TVector.Fma(x, b0, c90);
                if (TSize.Vectors > 1) c91 = TVector.Fma(x, b1, c91);
            }
            if (TSize.Rows > 10)
            {
                V x = TVector.Broadcast(a9 + aRow);
                c100 = TVector.Fma(x, b0, c100);
                if (TSize.Vectors > 1) c101 = TVector.Fma(x, b1, c101);
            }
            if (TSize.Rows > 11)
            {
                V x = TVector.Broadcast(a9 + aRow2);
                c110 = TVector.Fma(x, b0, c110);
                if (TSize.Vectors > 1) c111 = TVector.Fma(x, b1, c111);
            }
            if (TSize.Rows > 12)
            {
                V x = TVector.Broadcast(a12);
                c120 = TVector.Fma(x, b0, c120);
                if (TSize.Vectors > 1) c121 = TVector.Fma(x, b1, c121);
            }
            if (TSize.Rows > 13)
            {
                V x = TVector.Broadcast(a12 + aRow);
                c130 = TVector.Fma(x, b0, c130);
                if (TSize.Vectors > 1) c131 = TVector.Fma(x, b1, c131);
            }
            if (!TOperands.RowsByOffset)
            {
                a0 += aCol;
                if (TSize.Rows > 3) a3 += aCol;
                if (TSize.Rows > 6) a6 += aCol;
                if (TSize.Rows > 9) a9 += aCol;
                if (TSize.Rows > 12) a12 += aCol;
            }
            if (!TOperands.TermsByOffset) b += TOperands.RowsByOffset ? 2 * TVector.Count : bRow;
            if (byOffset) offsets++;
            else k--;
        }
        bool add = start is not null;
        Put<TSize>(c00, c01, c, start, add);
        if (TSize.Rows > 1) Put<TSize>(c10, c11, c + 1 * cRow, start + 1 * startRow, add);
        if (TSize.Rows > 2) Put<TSize>(c20, c21, c + 2 * cRow, start + 2 * startRow, add);
        if (TSize.Rows > 3) Put<TSize>(c30, c31, c + 3 * cRow, start + 3 * startRow, add);
        if (TSize.Rows > 4) Put<TSize>(c40, c41, c + 4 * cRow, start + 4 * startRow, add);
        if (TSize.Rows > 5) Put<TSize>(c50, c51, c + 5 * cRow, start + 5 * startRow, add);
        if (TSize.Rows > 6) Put<TSize>(c60, c61, c + 6 * cRow, start + 6 * startRow, add);
        if (TSize.Rows > 7) Put<TSize>(c70, c71, c + 7 * cRow, start + 7 * startRow, add);
        if (TSize.Rows > 8) Put<TSize>(c80, c81, c + 8 * cRow, start + 8 * startRow, add);
        if (TSize.Rows > 9) Put<TSize>(c90, c91, c + 9 * cRow, start + 9 * startRow, add);
        if (TSize.Rows > 10) Put<TSize>(c100, c101, c + 10 * cRow, start + 10 * startRow, add);
        if (TSize.Rows > 11) Put<TSize>(c110, c111, c + 11 * cRow, start + 11 * startRow, add);
        if (TSize.Rows > 12) Put<TSize>(c120, c121, c + 12 * cRow, start + 12 * startRow, add);
        if (TSize.Rows > 13) Put<TSize>(c130, c131, c + 13 * cRow, start + 13 * startRow, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put<TSize>(V v0, V v1, T* c, T* start, bool add)
        where TSize : struct, IGemmTileSize
    {
        if (add)
        {
            v0 = TVector.Add(TVector.Load(start), v0);
            if (TSize.Vectors > 1) v1 = TVector.Add(TVector.Load(start + TVector.Count), v1);
        }
        TVector.Store(v0, c);
        if (TSize.Vectors > 1) TVector.Store(v1, c + TVector.Count);
    }
}
