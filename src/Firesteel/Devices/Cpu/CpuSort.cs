using System.Buffers;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary><see cref="SortKernel"/> on the CPU.</summary>
/// <remarks>
/// Every element becomes an unsigned integer that sorts as the element does (both zeros alike, NaN last); descending turns its bits
/// around. Short lines are sorted by insertion and longer ones by radix, byte for byte: both are stable by themselves.
/// </remarks>
internal static unsafe class CpuSort
{
    private const int InsertionLimit = 32;

    public static void Run(SortKernel kernel, in CpuView values, in CpuView indices, in CpuView input)
    {
        if (values.DType != input.DType) throw new ArgumentException($"A sort keeps the dtype: {input.DType.Name()} into {values.DType.Name()}.");
        if (indices.DType != DType.Int64) throw new ArgumentException($"Positions are int64, not {indices.DType.Name()}.");
        if (values.Shape != input.Shape || indices.Shape != input.Shape) throw new ArgumentException($"A sort keeps the shape: {input.Shape} into {values.Shape} and {indices.Shape}.");
        if (input.Shape.NumElements == 0) return;
        var body = new Typed { Kernel = kernel, Values = values, Indices = indices, Input = input };
        CpuElement.Dispatch(input.DType, ref body);
    }

    private struct Typed : IElementBody
    {
        public SortKernel Kernel;
        public CpuView Values;
        public CpuView Indices;
        public CpuView Input;

        public readonly void Run<T>()
            where T : unmanaged
        {
            int rank = Input.Shape.Length, count = 0;
            LoopDim* dims = stackalloc LoopDim[rank + 1];
            for (int d = 0; d < rank; d++)
            {
                if (d != Kernel.Dim) dims[count++] = new LoopDim(Input.Shape.Sizes[d], Input.Strides[d], Values.Strides[d], Indices.Strides[d]);
            }
            count = CpuLoop.Coalesce(new Span<LoopDim>(dims, count));
            int dim = Kernel.Dim;
            var line = rank == 0 ? new LoopDim(1, 0) : new LoopDim(Input.Shape.Sizes[dim], Input.Strides[dim], Values.Strides[dim], Indices.Strides[dim]);
            long lines = CpuLoop.Count(new ReadOnlySpan<LoopDim>(dims, count));
            if (line.Size > Array.MaxLength / 16) throw new NotSupportedException($"A sort along a dimension of size {line.Size} is too large.");
            // The position fits beside the key in 64 bits, except for the types of 8 bytes.
            if (sizeof(T) <= 4) For<T, Narrow>(dims, count, line, lines);
            else For<T, Wide>(dims, count, line, lines);
        }

        private readonly void For<T, TEntry>(LoopDim* dims, int rank, LoopDim line, long lines)
            where T : unmanaged
            where TEntry : unmanaged, IEntry<TEntry>
        {
            var body = new Body<T, TEntry> { Descending = Kernel.Descending, Values = (T*)Values.Data, Indices = (long*)Indices.Data, Input = (T*)Input.Data, Dims = dims, Rank = rank, Line = line };
            CpuThreads.For(lines, Math.Max(1, 4096 / line.Size), body);
        }
    }

    private struct Body<T, TEntry> : IRangeBody
        where T : unmanaged
        where TEntry : unmanaged, IEntry<TEntry>
    {
        public bool Descending;
        public T* Values;
        public long* Indices;
        public T* Input;
        public LoopDim* Dims;
        public int Rank;
        public LoopDim Line;

        public readonly void Run(long start, long end)
        {
            int count = (int)Line.Size;
            long* counters = stackalloc long[Rank];
            TEntry[] entryArray = ArrayPool<TEntry>.Shared.Rent(count), spareArray = ArrayPool<TEntry>.Shared.Rent(count);
            T[] lineArray = ArrayPool<T>.Shared.Rent(count);
            fixed (TEntry* entries = entryArray, spare = spareArray)
            fixed (T* line = lineArray)
            {
                var cursor = new LoopCursor(Dims, Rank, counters, start);
                for (long n = start; n < end; n++, cursor.Next())
                {
                    T* input = Input + cursor.A, values = Values + cursor.B;
                    long* indices = Indices + cursor.C;
                    ulong flip = Descending ? ulong.MaxValue >> (64 - 8 * sizeof(T)) : 0;
                    for (int i = 0; i < count; i++)
                    {
                        line[i] = input[i * Line.A];
                        entries[i] = TEntry.Create(Key(line[i]) ^ flip, i);
                    }
                    TEntry* sorted = entries;
                    if (count <= InsertionLimit) Insertion(entries, count);
                    else sorted = Radix(entries, spare, count);
                    for (int i = 0; i < count; i++)
                    {
                        long at = TEntry.Position(sorted[i]);
                        values[i * Line.B] = line[at];
                        indices[i * Line.C] = at;
                    }
                }
            }
            ArrayPool<TEntry>.Shared.Return(entryArray);
            ArrayPool<TEntry>.Shared.Return(spareArray);
            ArrayPool<T>.Shared.Return(lineArray);
        }

        private static void Insertion(TEntry* entries, int count)
        {
            for (int i = 1; i < count; i++)
            {
                var entry = entries[i];
                ulong key = TEntry.Key(entry);
                int j = i;
                for (; j > 0 && TEntry.Key(entries[j - 1]) > key; j--) entries[j] = entries[j - 1];
                entries[j] = entry;
            }
        }

        /// <summary>One counted pass per byte of the key, from the lowest; a byte that is the same in all elements needs none. Returns where the result is.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static TEntry* Radix(TEntry* from, TEntry* to, int count)
        {
            int* counts = stackalloc int[256 * sizeof(T)];
            for (int i = 0; i < count; i++)
            {
                ulong key = TEntry.Key(from[i]);
                for (int b = 0; b < sizeof(T); b++) counts[256 * b + (byte)(key >> (8 * b))]++;
            }
            for (int b = 0; b < sizeof(T); b++)
            {
                int* places = counts + 256 * b;
                if (places[(byte)(TEntry.Key(*from) >> (8 * b))] == count) continue;
                for (int v = 0, place = 0; v < 256; v++)
                {
                    int here = places[v];
                    places[v] = place;
                    place += here;
                }
                for (int i = 0; i < count; i++) to[places[(byte)(TEntry.Key(from[i]) >> (8 * b))]++] = from[i];
                TEntry* sorted = to;
                to = from;
                from = sorted;
            }
            return from;
        }

        private static ulong Key(T value)
        {
            if (typeof(T) == typeof(bool)) return Unsafe.BitCast<T, byte>(value) != 0 ? 1u : 0;
            if (typeof(T) == typeof(byte)) return Unsafe.BitCast<T, byte>(value);
            if (typeof(T) == typeof(sbyte)) return (byte)(Unsafe.BitCast<T, byte>(value) ^ 0x80);
            if (typeof(T) == typeof(short)) return (ushort)(Unsafe.BitCast<T, ushort>(value) ^ 0x8000);
            if (typeof(T) == typeof(int)) return Unsafe.BitCast<T, uint>(value) ^ 0x80000000;
            if (typeof(T) == typeof(long)) return Unsafe.BitCast<T, ulong>(value) ^ 0x8000000000000000;
            if (typeof(T) == typeof(Half)) return FloatKey(Unsafe.BitCast<T, ushort>(value), 16, 0x7C00);
            if (typeof(T) == typeof(BFloat16)) return FloatKey(Unsafe.BitCast<T, ushort>(value), 16, 0x7F80);
            if (typeof(T) == typeof(float)) return FloatKey(Unsafe.BitCast<T, uint>(value), 32, 0x7F800000);
            return FloatKey(Unsafe.BitCast<T, ulong>(value), 64, 0x7FF0000000000000);
        }

        /// <summary>Orders IEEE bit patterns: negative ones are turned around, the others come above them; above all is NaN.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static ulong FloatKey(ulong bits, int width, ulong infinity)
        {
            ulong all = ulong.MaxValue >> (64 - width), sign = 1ul << (width - 1), magnitude = bits & ~sign;
            if (magnitude > infinity) return all;
            return (bits & sign) != 0 && magnitude != 0 ? bits ^ all : magnitude | sign;
        }
    }

    /// <summary>A key and where its element was.</summary>
    private interface IEntry<TSelf>
        where TSelf : unmanaged
    {
        static abstract TSelf Create(ulong key, long position);

        static abstract ulong Key(TSelf entry);

        static abstract long Position(TSelf entry);
    }

    private readonly struct Narrow(ulong bits) : IEntry<Narrow>
    {
        private readonly ulong _bits = bits;

        public static Narrow Create(ulong key, long position) => new((key << 32) | (ulong)position);

        public static ulong Key(Narrow entry) => entry._bits >> 32;

        public static long Position(Narrow entry) => (uint)entry._bits;
    }

    private readonly struct Wide(ulong key, long position) : IEntry<Wide>
    {
        private readonly ulong _key = key;
        private readonly long _position = position;

        public static Wide Create(ulong key, long position) => new(key, position);

        public static ulong Key(Wide entry) => entry._key;

        public static long Position(Wide entry) => entry._position;
    }
}
