using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary><see cref="ReduceKernel"/> on the CPU.</summary>
/// <remarks>
/// Kept and reduced dimensions are merged and ordered by stride, each kind for itself. If the dimension that runs through memory fastest
/// is reduced, runs of elements fold into one value (<see cref="CpuReduceRows"/>); if it is kept, rows are added to a row of
/// accumulators (<see cref="CpuReduceColumns"/>). Elements that are not of the computing type are converted a tile at a time.
/// </remarks>
internal static unsafe class CpuReduce
{
    /// <summary>Elements that one task should have at least; how work is cut follows from the shapes and this number.</summary>
    public const long TaskSize = 65536;

    public static void Run(ReduceKernel kernel, in CpuView output, in CpuView input)
    {
        // Max and min work on any dtype in the type that holds it exactly.
        bool exact = kernel.Op is ReduceOp.Max or ReduceOp.Min;
        switch (exact ? input.DType.ComputeType() : kernel.Compute)
        {
            case DType.Float32: Run(kernel.Op, output, input.Shape, input.Strides, new ReduceSource<float>(input)); break;
            case DType.Float64: Run(kernel.Op, output, input.Shape, input.Strides, new ReduceSource<double>(input)); break;
            case DType.Int64: Run(kernel.Op, output, input.Shape, input.Strides, new ReduceSource<long>(input)); break;
            default: throw new ArgumentException($"A reduction computes in float32, float64 or int64, not in {kernel.Compute.Name()}.");
        }
    }

    /// <summary>Reduces elements of this shape, with these strides in the source.</summary>
    public static void Run<T>(ReduceOp op, in CpuView output, Shape shape, long[] strides, in ReduceSource<T> source)
        where T : unmanaged, INumber<T>
    {
        switch (op)
        {
            case ReduceOp.Sum: Run<T, SumReduction<T>>(op, output, shape, strides, source); break;
            case ReduceOp.Prod: Run<T, ProdReduction<T>>(op, output, shape, strides, source); break;
            case ReduceOp.Max: Run<T, MaxReduction<T>>(op, output, shape, strides, source); break;
            default: Run<T, MinReduction<T>>(op, output, shape, strides, source); break;
        }
    }

    private static void Run<T, TOp>(ReduceOp op, in CpuView output, Shape shape, long[] strides, in ReduceSource<T> source)
        where T : unmanaged, INumber<T>
        where TOp : struct, IReduction<T>
    {
        int rank = shape.Length;
        if (output.Shape.Length != rank) throw new ArgumentException($"A reduction keeps the rank: {shape} into {output.Shape}.");
        if (output.Shape.NumElements == 0) return;

        LoopDim* kept = stackalloc LoopDim[rank + 1], reduced = stackalloc LoopDim[rank + 1];
        int keptRank = 0, reducedRank = 0;
        for (int d = 0; d < rank; d++)
        {
            long size = shape.Sizes[d], outputSize = output.Shape.Sizes[d];
            if (outputSize == size)
            {
                if (size > 1) kept[keptRank++] = new LoopDim(size, strides[d], output.Strides[d]);
            }
            else if (outputSize == 1)
            {
                reduced[reducedRank++] = new LoopDim(size, strides[d]);
            }
            else
            {
                throw new ArgumentException($"A reduction keeps a size or makes it 1: {shape} into {output.Shape}.");
            }
        }
        if (shape.NumElements == 0)
        {
            if (op is ReduceOp.Max or ReduceOp.Min) throw new ArgumentException($"An empty {(op == ReduceOp.Max ? "max" : "min")} has no value: {shape} into {output.Shape}.");
            // Every output is the empty reduction: one iteration of no elements each.
            reduced[0] = new LoopDim(0, 0);
            reducedRank = 1;
            CpuReduceRows.Run<T, TOp>(source, output, kept, keptRank, reduced, reducedRank);
            return;
        }
        CpuLoop.SortByStride(new Span<LoopDim>(kept, keptRank));
        CpuLoop.SortByStride(new Span<LoopDim>(reduced, reducedRank));
        keptRank = CpuLoop.Coalesce(new Span<LoopDim>(kept, keptRank));
        reducedRank = CpuLoop.Coalesce(new Span<LoopDim>(reduced, reducedRank));

        bool rows = keptRank == 0 || (reducedRank > 0 && Step(reduced[reducedRank - 1]) <= Step(kept[keptRank - 1]));
        if (rows)
        {
            if (reducedRank == 0) reduced[reducedRank++] = new LoopDim(1, 1);
            CpuReduceRows.Run<T, TOp>(source, output, kept, keptRank, reduced, reducedRank);
        }
        else
        {
            if (reducedRank == 0) reduced[reducedRank++] = new LoopDim(1, 1);
            CpuReduceColumns.Run<T, TOp>(source, output, kept, keptRank, reduced, reducedRank);
        }

        static ulong Step(in LoopDim dim) => dim.A == 0 ? ulong.MaxValue : (ulong)Math.Abs(dim.A);
    }
}

/// <summary>The elements of a reduction, a tile at a time in the type that it computes in.</summary>
internal readonly unsafe struct ReduceSource<T>
    where T : unmanaged
{
    private readonly byte* _data;
    private readonly DType _dtype;
    private readonly int _itemSize;
    private readonly bool _direct;
    private readonly MapLoop<T>? _program;

    public ReduceSource(in CpuView input)
        : this(input.Data, input.DType)
    {
    }

    public ReduceSource(byte* data, DType dtype)
    {
        _data = data;
        _dtype = dtype;
        _itemSize = dtype.ItemSize();
        _direct = dtype == DTypes.Of<T>();
    }

    /// <summary>The first output of a program, which lies row-major where it would be stored.</summary>
    public ReduceSource(MapLoop<T> program)
    {
        _program = program;
        _dtype = DTypes.Of<T>();
        _itemSize = sizeof(T);
    }

    /// <summary>True if every tile is computed when it is asked for, at some cost for each.</summary>
    public bool Computes => _program is not null;

    /// <summary>True if a run of this stride can be read where it lies, however long.</summary>
    public bool InPlace(long stride) => _direct && stride == 1;

    /// <summary>A run of elements: where it lies if that is possible, else converted into <paramref name="buffer"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T* Tile(long offset, long stride, T* buffer, int count)
    {
        if (_program is not null)
        {
            // Row-major, so either the innermost dimension is walked, or there is but one element.
            _program.RunTile(offset, count, buffer);
            return buffer;
        }
        byte* at = _data + offset * _itemSize;
        if (_direct && stride == 1) return (T*)at;
        CpuElement.Load(_dtype, at, stride, buffer, count);
        return buffer;
    }
}
