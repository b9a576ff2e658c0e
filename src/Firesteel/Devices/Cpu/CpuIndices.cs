using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firesteel;

/// <summary>Bounds of the indices that gather and scatter are given.</summary>
internal static unsafe class CpuIndices
{
    /// <summary>Returns if every index is in 0..<paramref name="size"/>-1.</summary>
    /// <exception cref="IndexOutOfRangeException">One is not; the message names it.</exception>
    public static void Check(in CpuView index, int dim, long size)
    {
        if (index.DType != DType.Int64) throw new ArgumentException($"Indices are int64, not {index.DType.Name()}.");
        if (index.Shape.NumElements == 0) return;
        int rank = index.Shape.Length;
        LoopDim* dims = stackalloc LoopDim[rank + 1];
        int count = 0;
        for (int d = 0; d < rank; d++)
        {
            if (index.Strides[d] != 0) dims[count++] = new LoopDim(index.Shape.Sizes[d], index.Strides[d]); // a repeated index is checked once
        }
        count = CpuLoop.Coalesce(new Span<LoopDim>(dims, count));
        if (count == 0) dims[count++] = new LoopDim(1, 1);
        var inner = dims[count - 1];
        long outer = CpuLoop.Count(new ReadOnlySpan<LoopDim>(dims, count - 1));
        long* counters = stackalloc long[count];
        var cursor = new LoopCursor(dims, count - 1, counters, 0);
        for (long o = 0; o < outer; o++, cursor.Next())
        {
            long* row = (long*)index.Data + cursor.A;
            long i = 0;
            if (inner.A == 1)
            {
                // Both ends at once: an index is wrong if it or size - 1 - it has the sign bit.
                Vector256<long> signs = default, last = Vector256.Create(size - 1);
                for (; i <= inner.Size - 4; i += 4)
                {
                    var v = Vector256.Load(row + i);
                    signs |= v | (last - v);
                }
                if (Vector256.LessThanAny(signs, Vector256<long>.Zero)) i = 0;
            }
            for (; i < inner.Size; i++)
            {
                if ((ulong)row[i * inner.A] >= (ulong)size) Throw(row[i * inner.A], dim, size);
            }
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Throw(long index, int dim, long size) => throw new IndexOutOfRangeException($"index {index} is out of bounds for dimension {dim} with size {size}");
}
