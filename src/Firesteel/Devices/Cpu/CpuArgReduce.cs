using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firesteel;

/// <summary><see cref="ArgReduceKernel"/> on the CPU.</summary>
internal static unsafe class CpuArgReduce
{
    public static void Run(ArgReduceKernel kernel, in CpuView values, in CpuView indices, in CpuView input)
    {
        switch (input.DType.ComputeType())
        {
            case DType.Float32: Run<float>(kernel, values, indices, input); break;
            case DType.Float64: Run<double>(kernel, values, indices, input); break;
            default: Run<long>(kernel, values, indices, input); break;
        }
    }

    private static void Run<T>(ArgReduceKernel kernel, in CpuView values, in CpuView indices, in CpuView input)
        where T : unmanaged, INumber<T>
    {
        if (kernel.Max) Run<T, MaxReduction<T>>(kernel.Dim, true, values, indices, input);
        else Run<T, MinReduction<T>>(kernel.Dim, false, values, indices, input);
    }

    private static void Run<T, TOp>(int dim, bool max, in CpuView values, in CpuView indices, in CpuView input)
        where T : unmanaged, INumber<T>
        where TOp : struct, IReduction<T>
    {
        if (indices.DType != DType.Int64) throw new ArgumentException($"Positions are int64, not {indices.DType.Name()}.");
        int rank = input.Shape.Length;
        LoopDim* kept = stackalloc LoopDim[rank + 1];
        int keptRank = 0;
        for (int d = 0; d < rank; d++)
        {
            if (d != dim) kept[keptRank++] = new LoopDim(input.Shape.Sizes[d], input.Strides[d], values.Strides[d], indices.Strides[d]);
        }
        if (values.Shape.NumElements == 0) return;
        long size = input.Shape.Sizes[dim], stride = input.Strides[dim];
        if (size == 0) throw new ArgumentException($"{(max ? "max" : "min")} along dimension {dim}, which is empty: {input.Shape}");
        CpuLoop.SortByStride(new Span<LoopDim>(kept, keptRank));
        keptRank = CpuLoop.Coalesce(new Span<LoopDim>(kept, keptRank));
        var inner = keptRank > 0 ? kept[keptRank - 1] : default;
        bool columns = keptRank > 0 && inner.A != 0 && Math.Abs(inner.A) < Math.Abs(stride) && size <= int.MaxValue;
        var body = new Body<T, TOp>
        {
            Source = new ReduceSource<T>(input),
            Max = max,
            Values = values.Data,
            ValueType = values.DType,
            ValueSize = values.DType.ItemSize(),
            Positions = (long*)indices.Data,
            Kept = kept,
            KeptRank = columns ? keptRank - 1 : keptRank,
            Inner = inner,
            Size = size,
            Stride = stride,
            Tasks = columns ? 1 : (size + CpuReduce.TaskSize - 1) / CpuReduce.TaskSize,
        };
        long outer = CpuLoop.Count(new ReadOnlySpan<LoopDim>(kept, body.KeptRank));
        if (columns)
        {
            body.Tile = (int)Math.Min(inner.Size, 256);
            body.Tiles = (inner.Size + body.Tile - 1) / body.Tile;
            CpuThreads.For(outer * body.Tiles, Math.Max(1, CpuReduce.TaskSize / (body.Tile * size)), body);
        }
        else if (body.Tasks == 1)
        {
            CpuThreads.For(outer, Math.Max(1, CpuReduce.TaskSize / size), body);
        }
        else
        {
            var partials = new (T, long)[checked((int)(outer * body.Tasks))];
            body.Partials = partials;
            CpuThreads.For(partials.Length, 1, body);
            long* counters = stackalloc long[keptRank];
            var cursor = new LoopCursor(kept, keptRank, counters, 0);
            for (long o = 0; o < outer; o++, cursor.Next())
            {
                var (best, at) = partials[o * body.Tasks];
                for (long t = 1; t < body.Tasks; t++)
                {
                    var (value, position) = partials[o * body.Tasks + t];
                    if (body.Wins(value, best)) (best, at) = (value, position);
                }
                body.Write(cursor, best, at);
            }
        }
    }

    private struct Body<T, TOp> : IRangeBody
        where T : unmanaged, INumber<T>
        where TOp : struct, IReduction<T>
    {
        public ReduceSource<T> Source;
        public bool Max;
        public byte* Values;
        public DType ValueType;
        public int ValueSize;
        public long* Positions;
        public LoopDim* Kept;
        public int KeptRank;
        public LoopDim Inner;
        public long Size;
        public long Stride;
        public long Tasks;
        public int Tile; // 0: along rows
        public long Tiles;
        public (T Value, long Position)[]? Partials;

        [SkipLocalsInit]
        public void Run(long start, long end)
        {
            T* buffer = stackalloc T[CpuReduction<T, TOp>.BlockSize];
            long* counters = stackalloc long[KeptRank];
            if (Tile > 0)
            {
                T* best = stackalloc T[Tile], at = stackalloc T[Tile];
                for (long cell = start; cell < end; cell++)
                {
                    var cursor = new LoopCursor(Kept, KeptRank, counters, cell / Tiles);
                    Columns(cursor, cell % Tiles * Tile, buffer, best, at);
                }
            }
            else if (Partials is not null)
            {
                for (long t = start; t < end; t++)
                {
                    var cursor = new LoopCursor(Kept, KeptRank, counters, t / Tasks);
                    long first = t % Tasks * CpuReduce.TaskSize;
                    Partials[t] = Row(cursor.A, first, Math.Min(first + CpuReduce.TaskSize, Size), buffer);
                }
            }
            else
            {
                var cursor = new LoopCursor(Kept, KeptRank, counters, start);
                for (long o = start; o < end; o++, cursor.Next())
                {
                    var (value, position) = Row(cursor.A, 0, Size, buffer);
                    Write(cursor, value, position);
                }
            }
        }

        public readonly void Write(in LoopCursor cursor, T value, long position)
        {
            CpuElement.Store(ValueType, &value, Values + cursor.B * ValueSize, 1, 1);
            Positions[cursor.C] = position;
        }

        /// <summary>True if a later value beats the best so far: it is strictly better, or the first NaN.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly bool Wins(T value, T best) => (Max ? value > best : value < best) || (T.IsNaN(value) && !T.IsNaN(best));

        /// <summary>The extreme of every block is found by vectors; only a block that beats the best so far is searched for the place.</summary>
        private readonly (T, long) Row(long offset, long first, long last, T* buffer)
        {
            T best = default;
            long at = -1;
            int block = CpuReduction<T, TOp>.BlockSize;
            for (long i = first; i < last; i += block)
            {
                int count = (int)Math.Min(block, last - i);
                T* tile = Source.Tile(offset + i * Stride, Stride, buffer, count);
                if (count < 16)
                {
                    for (int j = 0; j < count; j++)
                    {
                        if (at < 0 || Wins(tile[j], best)) (best, at) = (tile[j], i + j);
                    }
                    continue;
                }
                T extreme = CpuReduction<T, TOp>.Block(tile, count);
                if (at >= 0 && !Wins(extreme, best)) continue;
                int k = 0;
                if (T.IsNaN(extreme))
                {
                    while (!T.IsNaN(tile[k])) k++;
                    return (tile[k], i + k);
                }
                while (tile[k] != extreme) k++;
                (best, at) = (tile[k], i + k);
            }
            return (best, at);
        }

        /// <summary>One tile of columns; positions are kept as integers of the size of <typeparamref name="T"/>, in its vectors.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Columns(in LoopCursor cursor, long column, T* buffer, T* best, T* at)
        {
            int count = (int)Math.Min(Tile, Inner.Size - column);
            long offset = cursor.A + column * Inner.A;
            new ReadOnlySpan<T>(Source.Tile(offset, Inner.A, buffer, count), count).CopyTo(new Span<T>(best, count));
            new Span<T>(at, count).Clear();
            for (long row = 1; row < Size; row++)
            {
                T* tile = Source.Tile(offset + row * Stride, Inner.A, buffer, count);
                T position = sizeof(T) == 4 ? Unsafe.BitCast<int, T>((int)row) : Unsafe.BitCast<long, T>(row);
                var positions = Vector256.Create(position);
                int i = 0;
                for (; i <= count - Vector256<T>.Count; i += Vector256<T>.Count)
                {
                    Vector256<T> value = Vector256.Load(tile + i), old = Vector256.Load(best + i);
                    var wins = Max ? Vector256.GreaterThan(value, old) : Vector256.LessThan(value, old);
                    if (typeof(T) != typeof(long)) wins |= Vector256.AndNot(Vector256.Equals(old, old), Vector256.Equals(value, value));
                    if (wins.AsByte() == Vector256<byte>.Zero) continue;
                    Vector256.ConditionalSelect(wins, value, old).Store(best + i);
                    Vector256.ConditionalSelect(wins, positions, Vector256.Load(at + i)).Store(at + i);
                }
                for (; i < count; i++)
                {
                    if (!Wins(tile[i], best[i])) continue;
                    best[i] = tile[i];
                    at[i] = position;
                }
            }
            CpuElement.Store(ValueType, best, Values + (cursor.B + column * Inner.B) * ValueSize, Inner.B, count);
            long* target = Positions + cursor.C + column * Inner.C;
            for (int i = 0; i < count; i++) target[i * Inner.C] = sizeof(T) == 4 ? Unsafe.BitCast<T, int>(at[i]) : Unsafe.BitCast<T, long>(at[i]);
        }
    }
}
