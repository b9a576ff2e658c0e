using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>Reductions whose fastest dimension is reduced: every output folds runs of elements.</summary>
internal static unsafe class CpuReduceRows
{
    public static void Run<T, TOp>(ReduceSource<T> source, in CpuView output, LoopDim* kept, int keptRank, LoopDim* reduced, int reducedRank)
        where T : unmanaged, INumber<T>
        where TOp : struct, IReduction<T>
    {
        var inner = reduced[reducedRank - 1];
        long outputs = CpuLoop.Count(new ReadOnlySpan<LoopDim>(kept, keptRank));
        long runs = CpuLoop.Count(new ReadOnlySpan<LoopDim>(reduced, reducedRank - 1));
        long pieces = Math.Max(1, (inner.Size + CpuReduce.TaskSize - 1) / CpuReduce.TaskSize); // of a run
        long units = runs * pieces;
        long unitsPerTask = Math.Max(1, CpuReduce.TaskSize / Math.Max(1, Math.Min(inner.Size, CpuReduce.TaskSize)));
        long tasks = (units + unitsPerTask - 1) / unitsPerTask; // for one output
        var body = new Body<T, TOp>
        {
            Source = source,
            Output = output.Data,
            OutputType = output.DType,
            OutputSize = output.DType.ItemSize(),
            Kept = kept,
            KeptRank = keptRank,
            Outer = reduced,
            OuterRank = reducedRank - 1,
            Inner = inner,
            Pieces = pieces,
            Units = units,
            UnitsPerTask = unitsPerTask,
            Tasks = tasks,
        };
        if (tasks == 1)
        {
            long work = Math.Max(1, runs * inner.Size);
            CpuThreads.For(outputs, Math.Max(1, CpuReduce.TaskSize / work), body);
            return;
        }
        T[] partials = ArrayPool<T>.Shared.Rent(checked((int)(outputs * tasks)));
        fixed (T* p = partials)
        {
            body.Partials = p;
            CpuThreads.For(outputs * tasks, 1, body);
            long* counters = stackalloc long[keptRank];
            var cursor = new LoopCursor(kept, keptRank, counters, 0);
            for (long o = 0; o < outputs; o++, cursor.Next())
            {
                var total = new Pairwise<T, TOp>();
                for (long t = 0; t < tasks; t++) total.Add(p[o * tasks + t]);
                T result = total.Result;
                CpuElement.Store(output.DType, &result, output.Data + cursor.B * body.OutputSize, 1, 1);
            }
        }
        ArrayPool<T>.Shared.Return(partials);
    }

    private struct Body<T, TOp> : IRangeBody
        where T : unmanaged, INumber<T>
        where TOp : struct, IReduction<T>
    {
        public ReduceSource<T> Source;
        public byte* Output;
        public DType OutputType;
        public int OutputSize;
        public LoopDim* Kept;
        public int KeptRank;
        public LoopDim* Outer;
        public int OuterRank;
        public LoopDim Inner;
        public long Pieces;
        public long Units;
        public long UnitsPerTask;
        public long Tasks;
        public T* Partials;

        [SkipLocalsInit]
        public void Run(long start, long end)
        {
            T* buffer = stackalloc T[CpuReduction<T, TOp>.BlockSize];
            long* keptCounters = stackalloc long[KeptRank], outerCounters = stackalloc long[OuterRank];
            if (Partials is not null)
            {
                for (long t = start; t < end; t++)
                {
                    var cursor = new LoopCursor(Kept, KeptRank, keptCounters, t / Tasks);
                    Partials[t] = Fold(cursor.A, t % Tasks, buffer, outerCounters);
                }
                return;
            }
            var output = new LoopCursor(Kept, KeptRank, keptCounters, start);
            if (Units == 1 && Source.InPlace(Inner.A) && OutputType == DTypes.Of<T>())
            {
                if (Inner.Size < 64 / sizeof(T) && KeptRank == 1)
                {
                    ShortRows(Source.Tile(output.A, 1, buffer, 0), Kept->A, (T*)Output + output.B, Kept->B, (int)Inner.Size, end - start);
                    return;
                }
                for (long o = start; o < end; o++, output.Next()) ((T*)Output)[output.B] = CpuReduction<T, TOp>.Run(Source.Tile(output.A, 1, buffer, 0), Inner.Size);
                return;
            }
            if (Units == 1 && Source.Computes && KeptRank == 1 && Kept->A == Inner.Size && OutputType == DTypes.Of<T>())
            {
                SeveralRows(start, end, buffer);
                return;
            }
            for (long o = start; o < end; o++, output.Next())
            {
                T result = Fold(output.A, 0, buffer, outerCounters);
                CpuElement.Store(OutputType, &result, Output + output.B * OutputSize, 1, 1);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void ShortRows(T* row, long rowStride, T* output, long outputStride, int count, long rows)
        {
            for (; rows > 0; rows--, row += rowStride, output += outputStride) *output = CpuReduction<T, TOp>.Short(row, count);
        }

        /// <summary>Rows that follow each other, as many at once as a tile has room for.</summary>
        private void SeveralRows(long start, long end, T* buffer)
        {
            long rows = Math.Max(1, CpuReduction<T, TOp>.BlockSize / Inner.Size);
            for (long o = start; o < end; o += rows)
            {
                long count = Math.Min(rows, end - o);
                if (count == 1)
                {
                    ((T*)Output)[o * Kept->B] = Piece(o * Inner.Size, Inner.Size, buffer);
                    continue;
                }
                T* tile = Source.Tile(o * Inner.Size, 1, buffer, (int)(count * Inner.Size));
                for (long i = 0; i < count; i++) ((T*)Output)[(o + i) * Kept->B] = CpuReduction<T, TOp>.Block(tile + i * Inner.Size, (int)Inner.Size);
            }
        }

        /// <summary>Task <paramref name="task"/> of the output whose elements start at <paramref name="offset"/>.</summary>
        private T Fold(long offset, long task, T* buffer, long* counters)
        {
            long first = task * UnitsPerTask, last = Math.Min(first + UnitsPerTask, Units);
            if (last - first == 1) return Unit(offset, first, buffer, counters);
            var total = new Pairwise<T, TOp>();
            if (Pieces > 1)
            {
                for (long unit = first; unit < last; unit++) total.Add(Unit(offset, unit, buffer, counters));
                return total.Result;
            }
            var cursor = new LoopCursor(Outer, OuterRank, counters, first);
            for (long unit = first; unit < last; unit++, cursor.Next()) total.Add(Piece(offset + cursor.A, Inner.Size, buffer));
            return total.Result;
        }

        private T Unit(long offset, long unit, T* buffer, long* counters)
        {
            var cursor = new LoopCursor(Outer, OuterRank, counters, unit / Pieces);
            long at = unit % Pieces * CpuReduce.TaskSize;
            long count = Pieces == 1 ? Inner.Size : Math.Min(CpuReduce.TaskSize, Inner.Size - at);
            return Piece(offset + cursor.A + at * Inner.A, count, buffer);
        }

        private T Piece(long offset, long count, T* buffer)
        {
            int block = CpuReduction<T, TOp>.BlockSize;
            if (Source.InPlace(Inner.A)) return CpuReduction<T, TOp>.Run(Source.Tile(offset, 1, buffer, 0), count);
            if (count <= block) return CpuReduction<T, TOp>.Block(Source.Tile(offset, Inner.A, buffer, (int)count), (int)count);
            var total = new Pairwise<T, TOp>();
            for (long i = 0; i < count; i += block)
            {
                int n = (int)Math.Min(block, count - i);
                total.Add(CpuReduction<T, TOp>.Block(Source.Tile(offset + i * Inner.A, Inner.A, buffer, n), n));
            }
            return total.Result;
        }
    }
}
