using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firesteel;

/// <summary><see cref="ScatterKernel"/> on the CPU.</summary>
/// <remarks>
/// Elements that differ in any other dimension than the scattered one never meet in the output. So work is cut along the other
/// dimensions only, each piece goes through the scattered dimension in order, and the bits are the same at any number of threads.
/// </remarks>
internal static unsafe class CpuScatter
{
    private const int Tile = 256; // columns that one task takes through all of the scattered dimension

    public static void Run(ScatterKernel kernel, in CpuView output, in CpuView index, in CpuView source)
    {
        if (output.DType == DType.Bool && kernel.Op is not (ScatterOp.Write or ScatterOp.Add)) throw new NotSupportedException($"A scatter into bool can write or add, not {kernel.Op}.");
        if (!source.IsScalar && source.DType != output.DType) throw new ArgumentException($"A scatter keeps the dtype: {source.DType.Name()} into {output.DType.Name()}.");
        int dim = kernel.Dim, rank = index.Shape.Length;
        if (output.Shape.Length != rank || (!source.IsScalar && source.Shape.Length != rank)) throw new ArgumentException($"Scatter: output, index and source have other ranks: {output.Shape}, {index.Shape}, {source.Shape}.");
        for (int d = 0; d < rank; d++)
        {
            long size = index.Shape.Sizes[d];
            if (!source.IsScalar && source.Shape.Sizes[d] < size) throw new ArgumentException($"Scatter: the index is larger than the source in dimension {d}: {index.Shape}, {source.Shape}.");
            if (d != dim && output.Shape.Sizes[d] < size) throw new ArgumentException($"Scatter: the index is larger than the output in dimension {d}: {index.Shape}, {output.Shape}.");
        }
        CpuIndices.Check(index, dim, rank == 0 ? 1 : output.Shape.Sizes[dim]);
        if (index.Shape.NumElements == 0) return;
        switch (output.DType)
        {
            case DType.Bool: Or(kernel.Op, dim, output, index, source); break;
            case DType.UInt8: Run<byte>(kernel.Op, dim, output, index, source); break;
            case DType.Int8: Run<sbyte>(kernel.Op, dim, output, index, source); break;
            case DType.Int16: Run<short>(kernel.Op, dim, output, index, source); break;
            case DType.Int32: Run<int>(kernel.Op, dim, output, index, source); break;
            case DType.Int64: Run<long>(kernel.Op, dim, output, index, source); break;
            case DType.Float16: RunInSingle<Half>(kernel.Op, dim, output, index, source); break;
            case DType.BFloat16: RunInSingle<BFloat16>(kernel.Op, dim, output, index, source); break;
            case DType.Float32: Run<float>(kernel.Op, dim, output, index, source); break;
            default: Run<double>(kernel.Op, dim, output, index, source); break;
        }
    }

    private static void Or(ScatterOp op, int dim, in CpuView output, in CpuView index, in CpuView source)
    {
        bool value = source.IsScalar && source.Scalar.AsBool;
        if (op == ScatterOp.Write) Run<bool, Write<bool>>(dim, output, index, source, value);
        else Run<bool, OrInto>(dim, output, index, source, value);
    }

    private static void Run<T>(ScatterOp op, int dim, in CpuView output, in CpuView index, in CpuView source)
        where T : unmanaged, INumber<T>
    {
        T value = !source.IsScalar ? default : source.Scalar.DType == DType.Float64 ? CpuElement.Convert<double, T>(source.Scalar.AsDouble) : CpuElement.Convert<long, T>(source.Scalar.AsLong);
        switch (op)
        {
            case ScatterOp.Write: Run<T, Write<T>>(dim, output, index, source, value); break;
            case ScatterOp.Add: Run<T, Combine<T, SumReduction<T>>>(dim, output, index, source, value); break;
            case ScatterOp.Multiply: Run<T, Combine<T, ProdReduction<T>>>(dim, output, index, source, value); break;
            case ScatterOp.Max: Run<T, Combine<T, MaxReduction<T>>>(dim, output, index, source, value); break;
            default: Run<T, Combine<T, MinReduction<T>>>(dim, output, index, source, value); break;
        }
    }

    private static void RunInSingle<T>(ScatterOp op, int dim, in CpuView output, in CpuView index, in CpuView source)
        where T : unmanaged
    {
        T value = source.IsScalar ? CpuElement.Convert<double, T>(source.Scalar.AsDouble) : default;
        switch (op)
        {
            case ScatterOp.Write: Run<T, Write<T>>(dim, output, index, source, value); break;
            case ScatterOp.Add: Run<T, CombineInSingle<T, SumReduction<float>>>(dim, output, index, source, value); break;
            case ScatterOp.Multiply: Run<T, CombineInSingle<T, ProdReduction<float>>>(dim, output, index, source, value); break;
            case ScatterOp.Max: Run<T, CombineInSingle<T, MaxReduction<float>>>(dim, output, index, source, value); break;
            default: Run<T, CombineInSingle<T, MinReduction<float>>>(dim, output, index, source, value); break;
        }
    }

    private static void Run<T, TOp>(int dim, in CpuView output, in CpuView index, in CpuView source, T value)
        where T : unmanaged
        where TOp : struct, IScatter<T>
    {
        int rank = index.Shape.Length;
        LoopDim* dims = stackalloc LoopDim[rank + 1];
        int count = 0;
        for (int d = 0; d < rank; d++)
        {
            if (d != dim) dims[count++] = new LoopDim(index.Shape.Sizes[d], output.Strides[d], index.Strides[d], source.IsScalar ? 0 : source.Strides[d]);
        }
        count = CpuLoop.Coalesce(new Span<LoopDim>(dims, count));
        var scattered = rank == 0 ? new LoopDim(1, 0) : new LoopDim(index.Shape.Sizes[dim], output.Strides[dim], index.Strides[dim], source.IsScalar ? 0 : source.Strides[dim]);
        var body = new Body<T, TOp>
        {
            Output = (T*)output.Data,
            Index = (long*)index.Data,
            Source = source.IsScalar ? &value : (T*)source.Data,
            Dims = dims,
            Rank = count,
            Scattered = scattered,
        };
        bool columns = count > 0 && Math.Abs(dims[count - 1].A) <= Math.Abs(scattered.A);
        if (columns)
        {
            body.Inner = dims[count - 1];
            body.Rank = count - 1;
            body.Tiles = (body.Inner.Size + Tile - 1) / Tile;
        }
        long outer = CpuLoop.Count(new ReadOnlySpan<LoopDim>(dims, body.Rank));
        long work = scattered.Size * (columns ? Math.Min(Tile, body.Inner.Size) : 1);
        CpuThreads.For(outer * (columns ? body.Tiles : 1), Math.Max(1, 16384 / work), body);
    }

    /// <summary>How a value from the source changes an element of the output.</summary>
    private interface IScatter<T>
        where T : unmanaged
    {
        static abstract void Element(T* target, T value);

        /// <summary>A row of contiguous elements.</summary>
        static abstract void Row(T* target, T* source, long count);
    }

    private readonly struct Write<T> : IScatter<T>
        where T : unmanaged
    {
        public static void Element(T* target, T value) => *target = value;

        public static void Row(T* target, T* source, long count) => Buffer.MemoryCopy(source, target, count * sizeof(T), count * sizeof(T));
    }

    private readonly struct OrInto : IScatter<bool>
    {
        public static void Element(bool* target, bool value) => *target |= value;

        public static void Row(bool* target, bool* source, long count)
        {
            for (long i = 0; i < count; i++) target[i] |= source[i];
        }
    }

    private readonly struct Combine<T, TOp> : IScatter<T>
        where T : unmanaged, INumber<T>
        where TOp : struct, IReduction<T>
    {
        public static void Element(T* target, T value) => *target = TOp.Combine(*target, value);

        public static void Row(T* target, T* source, long count) => CpuReduction<T, TOp>.Into(target, source, (int)count);
    }

    /// <summary>The two half precisions compute in float32 and round every time.</summary>
    private readonly struct CombineInSingle<T, TOp> : IScatter<T>
        where T : unmanaged
        where TOp : struct, IReduction<float>
    {
        public static void Element(T* target, T value) =>
            *target = CpuElement.Convert<float, T>(TOp.Combine(CpuElement.Convert<T, float>(*target), CpuElement.Convert<T, float>(value)));

        public static void Row(T* target, T* source, long count)
        {
            for (long i = 0; i < count; i++) Element(target + i, source[i]);
        }
    }

    private struct Body<T, TOp> : IRangeBody
        where T : unmanaged
        where TOp : struct, IScatter<T>
    {
        public T* Output;
        public long* Index;
        public T* Source;
        public LoopDim* Dims;
        public int Rank;
        public LoopDim Scattered;
        public LoopDim Inner;
        public long Tiles; // 0: one element at a time along the scattered dimension

        public readonly void Run(long start, long end)
        {
            long* counters = stackalloc long[Rank];
            if (Tiles == 0)
            {
                var cursor = new LoopCursor(Dims, Rank, counters, start);
                for (long n = start; n < end; n++, cursor.Next())
                {
                    T* output = Output + cursor.A, source = Source + cursor.C;
                    long* index = Index + cursor.B;
                    for (long j = 0; j < Scattered.Size; j++) TOp.Element(output + index[j * Scattered.B] * Scattered.A, source[j * Scattered.C]);
                }
                return;
            }
            for (long n = start; n < end; n++)
            {
                var cursor = new LoopCursor(Dims, Rank, counters, n / Tiles);
                long column = n % Tiles * Tile, count = Math.Min(Tile, Inner.Size - column);
                T* output = Output + cursor.A + column * Inner.A, source = Source + cursor.C + column * Inner.C;
                long* index = Index + cursor.B + column * Inner.B;
                for (long j = 0; j < Scattered.Size; j++, index += Scattered.B, source += Scattered.C)
                {
                    if (Inner.B != 0)
                    {
                        for (long i = 0; i < count; i++) TOp.Element(output + i * Inner.A + index[i * Inner.B] * Scattered.A, source[i * Inner.C]);
                    }
                    else if (Inner.A == 1 && Inner.C == 1)
                    {
                        TOp.Row(output + *index * Scattered.A, source, count);
                    }
                    else
                    {
                        T* row = output + *index * Scattered.A;
                        for (long i = 0; i < count; i++) TOp.Element(row + i * Inner.A, source[i * Inner.C]);
                    }
                }
            }
        }
    }
}
