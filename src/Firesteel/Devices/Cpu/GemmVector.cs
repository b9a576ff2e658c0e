using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>A row times a matrix (M = 1): reads the matrix once, in the order in which it lies.</summary>
internal static unsafe class GemmVector<T, V, TVector>
    where T : unmanaged, IFloatingPointIeee754<T>
    where V : unmanaged
    where TVector : struct, IGemmVector<T, V>
{
    /// <summary>Columns whose sums are kept in the first cache while k runs.</summary>
    private const int Strip = 1024;

    public static void Run(GemmProduct<T> product, bool parallel)
    {
        if (product.ACol != 1 && product.K > 1)
        {
            T* x = GemmScratch.Get<T>(GemmScratch.Use.A, product.K);
            for (nint p = 0; p < product.K; p++) x[p] = product.A[p * product.ACol];
            product.A = x;
            product.ACol = 1;
        }
        if (product.BRow == 1 && (product.BCol != 1 || product.N == 1))
        {
            GemmLanes.Run<T, V>(product, parallel);
            return;
        }
        var body = new Columns { Product = product };
        if (parallel && product.N * product.K > CpuMatMul.SerialWork) CpuThreads.For(product.N, product.N < 4 * Strip ? 256 : Strip, body);
        else body.Run(0, product.N);
    }

    private struct Columns : IRangeBody
    {
        public GemmProduct<T> Product;

        [SkipLocalsInit]
        public readonly void Run(long start, long end)
        {
            T* sums = stackalloc T[Strip];
            for (nint column = (nint)start; column < end; column += Strip)
            {
                int width = (int)Math.Min(Strip, end - column);
                Sums(Product.K, Product.A, Product.B + column * Product.BCol, Product.BRow, Product.BCol, width, sums);
                T* c = Product.C + column * Product.CCol;
                if (Product.Add)
                    for (int j = 0; j < width; j++) c[j * Product.CCol] += sums[j];
                else if (Product.CCol == 1) new Span<T>(sums, width).CopyTo(new Span<T>(c, width));
                else
                    for (int j = 0; j < width; j++) c[j * Product.CCol] = sums[j];
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Sums(nint k, T* a, T* b, nint bRow, nint bCol, int width, T* sums)
    {
        new Span<T>(sums, width).Clear();
        nint p = 0;
        if (bCol == 1)
        {
            for (; p + 4 <= k; p += 4)
            {
                T* b0 = b + p * bRow, b1 = b0 + bRow, b2 = b1 + bRow, b3 = b2 + bRow;
                V x0 = TVector.Broadcast(a + p), x1 = TVector.Broadcast(a + p + 1), x2 = TVector.Broadcast(a + p + 2), x3 = TVector.Broadcast(a + p + 3);
                int j = 0;
                for (; j <= width - TVector.Count; j += TVector.Count)
                {
                    V s = TVector.Fma(x0, TVector.Load(b0 + j), TVector.Load(sums + j));
                    s = TVector.Fma(x1, TVector.Load(b1 + j), s);
                    s = TVector.Fma(x2, TVector.Load(b2 + j), s);
                    s = TVector.Fma(x3, TVector.Load(b3 + j), s);
                    TVector.Store(s, sums + j);
                }
                for (; j < width; j++)
                {
                    T s = T.FusedMultiplyAdd(a[p], b0[j], sums[j]);
                    s = T.FusedMultiplyAdd(a[p + 1], b1[j], s);
                    s = T.FusedMultiplyAdd(a[p + 2], b2[j], s);
                    sums[j] = T.FusedMultiplyAdd(a[p + 3], b3[j], s);
                }
            }
            for (; p < k; p++)
            {
                T* row = b + p * bRow;
                V x = TVector.Broadcast(a + p);
                int j = 0;
                for (; j <= width - TVector.Count; j += TVector.Count) TVector.Store(TVector.Fma(x, TVector.Load(row + j), TVector.Load(sums + j)), sums + j);
                for (; j < width; j++) sums[j] = T.FusedMultiplyAdd(a[p], row[j], sums[j]);
            }
            return;
        }
        for (; p < k; p++)
        {
            T* row = b + p * bRow;
            for (int j = 0; j < width; j++) sums[j] = T.FusedMultiplyAdd(a[p], row[j * bCol], sums[j]);
        }
    }
}
