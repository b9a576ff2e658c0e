using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>Reductions whose fastest dimension is kept: rows are combined into a row of accumulators, a tile of columns at a time.</summary>
internal static unsafe class CpuReduceColumns
{
    private const int BlockRows = 64; // rows that are combined one after another; blocks form a balanced tree

    public static void Run<T, TOp>(ReduceSource<T> source, in CpuView output, LoopDim* kept, int keptRank, LoopDim* reduced, int reducedRank)
        where T : unmanaged, INumber<T>
        where TOp : struct, IReduction<T>
    {
        var inner = kept[keptRank - 1];
        int tile = (int)Math.Min(inner.Size, 2048 / sizeof(T));
        long rows = CpuLoop.Count(new ReadOnlySpan<LoopDim>(reduced, reducedRank));

        // Narrow rows that follow each other without a gap are taken several at a time, as one wide row.
        int fold = 1;
        if (reducedRank == 1 && inner.A == 1 && reduced[0].A == inner.Size)
        {
            while (fold * 2 * inner.Size <= 2048 / sizeof(T) && fold * 8 <= rows) fold *= 2;
        }
        long rowsPerTask = Math.Max(1, CpuReduce.TaskSize / tile / (BlockRows * fold)) * BlockRows * fold;
        var body = new Body<T, TOp>
        {
            Source = source,
            Output = output.Data,
            OutputType = output.DType,
            OutputSize = output.DType.ItemSize(),
            Kept = kept,
            KeptRank = keptRank - 1,
            Reduced = reduced,
            ReducedRank = reducedRank,
            Inner = inner,
            Tile = tile,
            Tiles = (inner.Size + tile - 1) / tile,
            Fold = fold,
            Rows = rows,
            RowsPerTask = rowsPerTask,
            RowTasks = (rows + rowsPerTask - 1) / rowsPerTask,
            OuterCount = CpuLoop.Count(new ReadOnlySpan<LoopDim>(kept, keptRank - 1)),
        };
        long cells = body.OuterCount * body.Tiles;
        if (body.RowTasks == 1)
        {
            CpuThreads.For(cells, Math.Max(1, CpuReduce.TaskSize / (tile * rows)), body);
            return;
        }
        // Every task of rows fills its own row of partial results [task, outer, inner]; these are then reduced in the same way.
        long columns = body.OuterCount * inner.Size;
        T[] partials = ArrayPool<T>.Shared.Rent(checked((int)(body.RowTasks * columns)));
        fixed (T* p = partials)
        {
            body.Partials = p;
            CpuThreads.For(cells * body.RowTasks, 1, body);
            body.Partials = null;
            body.Source = new ReduceSource<T>((byte*)p, DTypes.Of<T>());
            var taskDim = new LoopDim(body.RowTasks, columns);
            body.Reduced = &taskDim;
            body.ReducedRank = 1;
            body.Rows = body.RowTasks;
            body.RowsPerTask = body.RowTasks;
            body.RowTasks = 1;
            body.Fold = 1;
            LoopDim* dense = stackalloc LoopDim[keptRank];
            long stride = inner.Size;
            for (int d = keptRank - 2; d >= 0; d--)
            {
                dense[d] = new LoopDim(kept[d].Size, stride, kept[d].B);
                stride *= kept[d].Size;
            }
            body.Kept = dense;
            body.Inner.A = 1;
            CpuThreads.For(cells, Math.Max(1, CpuReduce.TaskSize / (tile * body.Rows)), body);
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
        public LoopDim* Reduced;
        public int ReducedRank;
        public LoopDim Inner;
        public int Tile;
        public long Tiles;
        public int Fold;
        public long Rows;
        public long RowsPerTask;
        public long RowTasks;
        public long OuterCount;
        public T* Partials;

        [SkipLocalsInit]
        public void Run(long start, long end)
        {
            long* keptCounters = stackalloc long[KeptRank], rowCounters = stackalloc long[ReducedRank];
            int width = Tile * Fold;
            int levels = BitOperations.Log2((ulong)Math.Max(1, RowsPerTask / Fold / BlockRows)) + 3;
            T* stack = stackalloc T[levels * width];
            T* buffers = stackalloc T[4 * width];
            for (long t = start; t < end; t++)
            {
                long task = t % RowTasks, cell = t / RowTasks, outer = cell / Tiles, column = cell % Tiles * Tile;
                int count = (int)Math.Min(Tile, Inner.Size - column);
                var at = new LoopCursor(Kept, KeptRank, keptCounters, outer);
                long firstRow = task * RowsPerTask, rows = Math.Min(RowsPerTask, Rows - firstRow);
                long offset = at.A + column * Inner.A;
                T* result;
                if (Fold == 1)
                {
                    result = Combine(offset, new LoopCursor(Reduced, ReducedRank, rowCounters, firstRow), rows, count, stack, buffers);
                }
                else
                {
                    var wide = new LoopDim(Rows / Fold, Inner.Size * Fold);
                    long wideRows = rows / Fold;
                    result = Combine(offset, new LoopCursor(&wide, 1, rowCounters, firstRow / Fold), wideRows, count * Fold, stack, buffers);
                    for (int half = Fold / 2; half > 0; half /= 2) CpuReduction<T, TOp>.Into(result, result + half * count, half * count);
                    var rest = new LoopCursor(Reduced, 1, rowCounters, firstRow + wideRows * Fold);
                    for (long row = wideRows * Fold; row < rows; row++, rest.Next()) CpuReduction<T, TOp>.Into(result, Source.Tile(offset + rest.A, 1, buffers, count), count);
                }
                if (Partials is not null)
                {
                    long place = (task * OuterCount + outer) * Inner.Size + column;
                    new ReadOnlySpan<T>(result, count).CopyTo(new Span<T>(Partials + place, count));
                }
                else
                {
                    CpuElement.Store(OutputType, result, Output + (at.B + column * Inner.B) * OutputSize, Inner.B, count);
                }
            }
        }

        /// <summary>Combines rows into the bottom of <paramref name="stack"/>, which holds one row per level of the tree of blocks.</summary>
        private readonly T* Combine(long offset, LoopCursor cursor, long rows, int count, T* stack, T* buffers)
        {
            int depth = 0;
            long blocks = 0;
            // Rows that follow each other are computed four at a time.
            bool together = Source.Computes && ReducedRank == 1 && Tiles == 1 && Reduced->A == Inner.Size;
            for (long row = 0; row < rows; row += BlockRows)
            {
                T* target = stack + depth++ * count;
                new Span<T>(target, count).Fill(TOp.Identity);
                int left = (int)Math.Min(BlockRows, rows - row);
                if (together)
                {
                    for (; left >= 4; left -= 4)
                    {
                        T* a = Source.Tile(offset + cursor.A, 1, buffers, 4 * count);
                        for (int k = 0; k < 4; k++) cursor.Next();
                        CpuReduction<T, TOp>.Into(target, a, a + count, a + 2 * count, a + 3 * count, count);
                    }
                }
                for (; left >= 4; left -= 4)
                {
                    T* a = Next(ref cursor, offset, buffers, count), b = Next(ref cursor, offset, buffers + count, count);
                    T* c = Next(ref cursor, offset, buffers + 2 * count, count), d = Next(ref cursor, offset, buffers + 3 * count, count);
                    CpuReduction<T, TOp>.Into(target, a, b, c, d, count);
                }
                for (; left > 0; left--) CpuReduction<T, TOp>.Into(target, Next(ref cursor, offset, buffers, count), count);
                for (long carries = blocks++; (carries & 1) != 0; carries >>= 1, depth--) CpuReduction<T, TOp>.Into(stack + (depth - 2) * count, stack + (depth - 1) * count, count);
            }
            for (; depth > 1; depth--) CpuReduction<T, TOp>.Into(stack + (depth - 2) * count, stack + (depth - 1) * count, count);
            return stack;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private readonly T* Next(ref LoopCursor cursor, long offset, T* buffer, int count)
        {
            T* tile = Source.Tile(offset + cursor.A, Inner.A, buffer, count);
            cursor.Next();
            return tile;
        }
    }
}
