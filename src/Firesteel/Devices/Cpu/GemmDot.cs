using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// The matrix product when k is adjacent in both operands and there are few rows: vectors run along k, three rows of a against
/// four columns of b at a time, and nothing is copied. An element adds up the same way wherever it lies.
/// </summary>
internal static unsafe class GemmDot<T, V, TVector>
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : unmanaged
    where TVector : struct, IGemmVector<T, V>
{
    /// <summary>Needs ACol = BRow = 1.</summary>
    public static void Run(in GemmProduct<T> product, bool parallel)
    {
        if (product.M == 1 && product.N == 1)
        {
            Scalar(product);
            return;
        }
        var body = new Columns { Product = product };
        nint groups = (product.N - 1) / 4 + 1, perGroup = Math.Max(1, 4 * product.M * product.K);
        if (parallel) CpuThreads.For(groups, Math.Max(1, CpuMatMul.SerialWork / perGroup), body);
        else body.Run(0, groups);
    }

    /// <summary>A row times a column, both adjacent: four chains, since one would wait for itself.</summary>
    private static void Scalar(in GemmProduct<T> product)
    {
        T* a = product.A, b = product.B;
        nint k = product.K, p = 0;
        V s0 = TVector.Zero, s1 = s0, s2 = s0, s3 = s0;
        for (; p <= k - 4 * TVector.Count; p += 4 * TVector.Count)
        {
            s0 = TVector.Fma(TVector.Load(a + p), TVector.Load(b + p), s0);
            s1 = TVector.Fma(TVector.Load(a + p + TVector.Count), TVector.Load(b + p + TVector.Count), s1);
            s2 = TVector.Fma(TVector.Load(a + p + 2 * TVector.Count), TVector.Load(b + p + 2 * TVector.Count), s2);
            s3 = TVector.Fma(TVector.Load(a + p + 3 * TVector.Count), TVector.Load(b + p + 3 * TVector.Count), s3);
        }
        for (; p <= k - TVector.Count; p += TVector.Count) s0 = TVector.Fma(TVector.Load(a + p), TVector.Load(b + p), s0);
        T sum = TVector.Sum(TVector.Add(TVector.Add(s0, s1), TVector.Add(s2, s3)));
        for (; p < k; p++) sum += a[p] * b[p];
        *product.C = product.Add ? *product.C + sum : sum;
    }

    private struct Columns : IRangeBody
    {
        public GemmProduct<T> Product;

        [SkipLocalsInit]
        public readonly void Run(long start, long end)
        {
            T* tile = stackalloc T[12];
            nint m = Product.M;
            for (nint group = (nint)start; group < end; group++)
            {
                nint column = group * 4;
                int columns = (int)Math.Min(4, Product.N - column);
                T* b = Product.B + column * Product.BCol;
                // Past the last column the last is done again, and thrown away.
                T* b1 = b + Math.Min(1, columns - 1) * Product.BCol, b2 = b + Math.Min(2, columns - 1) * Product.BCol, b3 = b + Math.Min(3, columns - 1) * Product.BCol;
                for (nint row = 0; row < m;)
                {
                    nint left = m - row;
                    int rows = left is 4 ? 2 : (int)Math.Min(3, left);
                    T* a = Product.A + row * Product.ARow;
                    if (rows == 3) Tile<GemmTileSize.R3V1>(Product.K, a, Product.ARow, b, b1, b2, b3, tile);
                    else if (rows == 2) Tile<GemmTileSize.R2V1>(Product.K, a, Product.ARow, b, b1, b2, b3, tile);
                    else Tile<GemmTileSize.R1V1>(Product.K, a, Product.ARow, b, b1, b2, b3, tile);
                    for (int i = 0; i < rows; i++)
                    {
                        T* c = Product.C + (row + i) * Product.CRow + column * Product.CCol;
                        for (int j = 0; j < columns; j++)
                        {
                            T sum = tile[i * 4 + j];
                            c[j * Product.CCol] = Product.Add ? c[j * Product.CCol] + sum : sum;
                        }
                    }
                    row += rows;
                }
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile<TSize>(nint k, T* a0, nint aRow, T* b0, T* b1, T* b2, T* b3, T* tile)
        where TSize : struct, IGemmTileSize
    {
        V c00 = TVector.Zero, c01 = TVector.Zero, c02 = TVector.Zero, c03 = TVector.Zero;
        V c10 = TVector.Zero, c11 = TVector.Zero, c12 = TVector.Zero, c13 = TVector.Zero;
        V c20 = TVector.Zero, c21 = TVector.Zero, c22 = TVector.Zero, c23 = TVector.Zero;
        T* a1 = TSize.Rows > 1 ? a0 + aRow : a0, a2 = TSize.Rows > 2 ? a1 + aRow : a0;
        nint p = 0;
        for (; p <= k - TVector.Count; p += TVector.Count)
        {
            V x0 = TVector.Load(a0 + p), x1 = TVector.Load(a1 + p), x2 = TVector.Load(a2 + p);
            V y = TVector.Load(b0 + p);
            c00 = TVector.Fma(x0, y, c00);
            if (TSize.Rows > 1) c10 = TVector.Fma(x1, y, c10);
            if (TSize.Rows > 2) c20 = TVector.Fma(x2, y, c20);
            y = TVector.Load(b1 + p);
            c01 = TVector.Fma(x0, y, c01);
            if (TSize.Rows > 1) c11 = TVector.Fma(x1, y, c11);
            if (TSize.Rows > 2) c21 = TVector.Fma(x2, y, c21);
            y = TVector.Load(b2 + p);
            c02 = TVector.Fma(x0, y, c02);
            if (TSize.Rows > 1) c12 = TVector.Fma(x1, y, c12);
            if (TSize.Rows > 2) c22 = TVector.Fma(x2, y, c22);
            y = TVector.Load(b3 + p);
            c03 = TVector.Fma(x0, y, c03);
            if (TSize.Rows > 1) c13 = TVector.Fma(x1, y, c13);
            if (TSize.Rows > 2) c23 = TVector.Fma(x2, y, c23);
        }
        tile[0] = TVector.Sum(c00);
        tile[1] = TVector.Sum(c01);
        tile[2] = TVector.Sum(c02);
        tile[3] = TVector.Sum(c03);
        if (TSize.Rows > 1)
        {
            tile[4] = TVector.Sum(c10);
            tile[5] = TVector.Sum(c11);
            tile[6] = TVector.Sum(c12);
            tile[7] = TVector.Sum(c13);
        }
        if (TSize.Rows > 2)
        {
            tile[8] = TVector.Sum(c20);
            tile[9] = TVector.Sum(c21);
            tile[10] = TVector.Sum(c22);
            tile[11] = TVector.Sum(c23);
        }
        // Calls only now: an accumulator that lives across a call would live on the stack.
        if (p == k) return;
        Rest(k, p, a0, b0, b1, b2, b3, tile);
        if (TSize.Rows > 1) Rest(k, p, a1, b0, b1, b2, b3, tile + 4);
        if (TSize.Rows > 2) Rest(k, p, a2, b0, b1, b2, b3, tile + 8);
    }

    /// <summary>The last elements along k, fewer than a vector.</summary>
    private static void Rest(nint k, nint p, T* a, T* b0, T* b1, T* b2, T* b3, T* sums)
    {
        for (; p < k; p++)
        {
            sums[0] += a[p] * b0[p];
            sums[1] += a[p] * b1[p];
            sums[2] += a[p] * b2[p];
            sums[3] += a[p] * b3[p];
        }
    }
}
