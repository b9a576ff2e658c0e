using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary><see cref="GatherKernel"/> on the CPU.</summary>
/// <remarks>Where the index repeats along inner dimensions (stride 0) and these are contiguous, whole rows are copied.</remarks>
internal static unsafe class CpuGather
{
    public static void Run(GatherKernel kernel, in CpuView output, in CpuView x, in CpuView index)
    {
        if (x.DType != output.DType) throw new ArgumentException($"A gather keeps the dtype: {x.DType.Name()} into {output.DType.Name()}.");
        int dim = kernel.Dim, rank = index.Shape.Length;
        if (output.Shape != index.Shape) throw new ArgumentException($"The output of a gather has the shape of the index: {output.Shape}, {index.Shape}.");
        if (x.Shape.Length != rank) throw new ArgumentException($"Gather: x and index have other ranks: {x.Shape}, {index.Shape}.");
        if (rank == 0)
        {
            // 0-d: x is taken as one element, in dimension 0.
            CpuIndices.Check(index, 0, 1);
            Unsafe.CopyBlockUnaligned(output.Data, x.Data, (uint)x.DType.ItemSize());
            return;
        }
        for (int d = 0; d < rank; d++)
        {
            if (d != dim && x.Shape.Sizes[d] < index.Shape.Sizes[d]) throw new ArgumentException($"Gather: the index is larger than x in dimension {d}: {index.Shape}, {x.Shape}.");
        }
        CpuIndices.Check(index, dim, x.Shape.Sizes[dim]);
        if (index.Shape.NumElements == 0) return;
        switch (x.DType.ItemSize())
        {
            case 1: Run<byte>(dim, output, x, index); break;
            case 2: Run<ushort>(dim, output, x, index); break;
            case 4: Run<uint>(dim, output, x, index); break;
            default: Run<ulong>(dim, output, x, index); break;
        }
    }

    private static void Run<T>(int dim, in CpuView output, in CpuView x, in CpuView index)
        where T : unmanaged
    {
        int rank = index.Shape.Length;
        LoopDim* dims = stackalloc LoopDim[rank + 1];
        for (int d = 0; d < rank; d++) dims[d] = new LoopDim(index.Shape.Sizes[d], output.Strides[d], d == dim ? 0 : x.Strides[d], index.Strides[d]);
        rank = CpuLoop.Coalesce(new Span<LoopDim>(dims, rank));
        if (rank == 0) dims[rank++] = new LoopDim(1, 1);
        var inner = dims[rank - 1];
        long piece = Math.Min(inner.Size, 16384), pieces = (inner.Size + piece - 1) / piece;
        var body = new Body<T>
        {
            Output = (T*)output.Data,
            X = (T*)x.Data,
            Index = (long*)index.Data,
            XStride = x.Strides[dim],
            Dims = dims,
            Rank = rank - 1,
            Inner = inner,
            Piece = piece,
            Pieces = pieces,
        };
        CpuThreads.For(CpuLoop.Count(new ReadOnlySpan<LoopDim>(dims, rank - 1)) * pieces, Math.Max(1, 16384 / piece), body);
    }

    private struct Body<T> : IRangeBody
        where T : unmanaged
    {
        public T* Output;
        public T* X;
        public long* Index;
        public long XStride;
        public LoopDim* Dims;
        public int Rank;
        public LoopDim Inner;
        public long Piece;
        public long Pieces;

        public void Run(long start, long end)
        {
            long* counters = stackalloc long[Rank];
            if (Pieces > 1)
            {
                for (long n = start; n < end; n++)
                {
                    var cursor = new LoopCursor(Dims, Rank, counters, n / Pieces);
                    long first = n % Pieces * Piece;
                    Row(Output + cursor.A + first * Inner.A, X + cursor.B + first * Inner.B, Index + cursor.C + first * Inner.C, Math.Min(Piece, Inner.Size - first));
                }
                return;
            }
            var at = new LoopCursor(Dims, Rank, counters, start);
            for (long n = start; n < end; n++, at.Next()) Row(Output + at.A, X + at.B, Index + at.C, Inner.Size);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly void Row(T* output, T* x, long* index, long count)
        {
            if (Inner.C == 0)
            {
                x += *index * XStride;
                if (Inner.A == 1 && Inner.B == 1) Buffer.MemoryCopy(x, output, count * sizeof(T), count * sizeof(T));
                else for (long i = 0; i < count; i++) output[i * Inner.A] = x[i * Inner.B];
            }
            else
            {
                for (long i = 0; i < count; i++) output[i * Inner.A] = x[i * Inner.B + index[i * Inner.C] * XStride];
            }
        }
    }
}
