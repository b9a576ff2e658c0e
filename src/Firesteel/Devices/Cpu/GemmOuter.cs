using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>A column times a row (K = 1): nothing is summed up, so the result is written as it comes, row by row.</summary>
internal static unsafe class GemmOuter<T, V, TVector>
    where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    where V : unmanaged
    where TVector : struct, IGemmVector<T, V>
{
    /// <summary>Elements that a task should have.</summary>
    private const long TaskSize = 65536;

    /// <summary>Whether the rows of b and c can be read and written as vectors.</summary>
    public static bool Fits(in GemmProduct<T> product) => product is { K: 1, BCol: 1, CCol: 1 } && product.N >= TVector.Count;

    public static void Run(GemmProduct<T> product, bool parallel)
    {
        if (!product.Add && product.Start is not null && product.StartCol != 1)
        {
            product.PutStart(0, 0, product.M, product.N);
            product.Add = true;
        }
        if (product.Add)
        {
            product.Start = product.C;
            product.StartRow = product.CRow;
        }
        var body = new Rows { Product = product };
        if (parallel && product.M * product.N > CpuMatMul.SerialWork) CpuThreads.For(product.M, Math.Max(1, TaskSize / product.N), body);
        else body.Run(0, product.M);
    }

    private struct Rows : IRangeBody
    {
        public GemmProduct<T> Product;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(long start, long end)
        {
            nint n = Product.N, whole = n - n % TVector.Count;
            T* b = Product.B;
            for (nint i = (nint)start; i < (nint)end; i++)
            {
                T* a = Product.A + i * Product.ARow, c = Product.C + i * Product.CRow, begin = Product.Start is null ? null : Product.Start + i * Product.StartRow;
                var factor = TVector.Broadcast(a);
                // Added to zero like every sum of products: -0 becomes 0.
                if (begin is null)
                {
                    for (nint j = 0; j < whole; j += TVector.Count) TVector.Store(TVector.Fma(factor, TVector.Load(b + j), TVector.Zero), c + j);
                    for (nint j = whole; j < n; j++) c[j] = *a * b[j] + T.Zero;
                }
                else
                {
                    for (nint j = 0; j < whole; j += TVector.Count) TVector.Store(TVector.Add(TVector.Fma(factor, TVector.Load(b + j), TVector.Zero), TVector.Load(begin + j)), c + j);
                    for (nint j = whole; j < n; j++) c[j] = *a * b[j] + T.Zero + begin[j];
                }
            }
        }
    }
}
