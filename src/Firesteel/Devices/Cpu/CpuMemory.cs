namespace Firesteel;

/// <summary>
/// Memory of the CPU device. Small blocks are managed arrays. Larger ones are native, in size classes, and go back to a pool when their
/// storage is released or finalized; nobody has to dispose of anything.
/// </summary>
/// <remarks>
/// The collector cannot see native memory, so it would let dead storages pile up. Therefore allocation asks for a collection of the
/// young generations whenever live bytes have grown by max(32 MB, an eighth) since the last one (or since they were lowest), and for
/// a full one only if they stay more than an eighth and 32 MB above what the last full one left, or if as much was abandoned: what
/// has lived for long, as gradients have when the next step begins, the young generations do not contain. Managed heaps are small here, so
/// a collection takes a fraction of the time in which 32 MB are computed.
/// </remarks>
internal static unsafe class CpuMemory
{
    /// <summary>Blocks below this are managed arrays.</summary>
    public const int NativeThreshold = 4096;

    private const long Budget = 32L << 20;

    /// <summary>Memory may grow by one part in so many, where that is more.</summary>
    private const int Share = 8;

    private static readonly Lock s_collecting = new();
    private static readonly long s_physicalBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    private static long s_live; // bytes of blocks that storages hold
    private static long s_total; // the same and those in the pool
    private static long s_peak;
    private static long s_base; // live bytes after the last collection, or lower since
    private static long s_fullBase;
    private static long s_collections;
    private static long s_abandoned; // bytes that nobody is likely to need since the last full collection
    private static long s_high; // the peak of recent times; sinks a little with every collection

    public static MemoryStats Stats
    {
        get
        {
            long live = Volatile.Read(ref s_live);
            return new MemoryStats(live, Math.Max(0, Volatile.Read(ref s_total) - live), Math.Max(live, Volatile.Read(ref s_peak)), Volatile.Read(ref s_collections));
        }
    }

    public static void ResetPeak() => Volatile.Write(ref s_peak, Volatile.Read(ref s_live));

    /// <summary>A storage of this many bytes, not cleared; native ones start at a multiple of 64.</summary>
    /// <exception cref="OutOfMemoryException">The system has no more memory, even after a full collection.</exception>
    public static Storage Allocate(Device device, long byteCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(byteCount);
        if (byteCount < NativeThreshold) return new Storage(device, GC.AllocateUninitializedArray<byte>((int)byteCount));
        return new NativeStorage(device, Block(byteCount), byteCount);
    }

    /// <summary>A native block with room for this many bytes.</summary>
    /// <exception cref="OutOfMemoryException">The system has no more memory, even after a full collection.</exception>
    public static byte* Block(long byteCount)
    {
        if (byteCount > CpuBlockPool.MaxBytes) throw OutOfMemory(byteCount);
        int sizeClass = CpuBlockPool.ClassOf(byteCount);
        long size = CpuBlockPool.BytesOf(sizeClass);
        long before = Volatile.Read(ref s_base);
        long budget = Math.Max(Budget, before / Share);
        if (Volatile.Read(ref s_live) + size > before + budget || Volatile.Read(ref s_abandoned) > budget) Collect(budget);
        byte* block = CpuBlockPool.Take(sizeClass);
        if (block is null) block = Fresh(size, byteCount);
        long live = Interlocked.Add(ref s_live, size);
        if (live > Volatile.Read(ref s_high)) Raise(ref s_high, live);
        if (live > Volatile.Read(ref s_peak)) Raise(ref s_peak, live);
        return block;
    }

    /// <summary>Takes a block of <paramref name="byteCount"/> bytes back; from a finalizer it does not go to the cache of the thread, where nobody would find it.</summary>
    public static void Return(byte* block, long byteCount, bool finalizer)
    {
        int sizeClass = CpuBlockPool.ClassOf(byteCount);
        long live = Interlocked.Add(ref s_live, -CpuBlockPool.BytesOf(sizeClass));
        if (live < Volatile.Read(ref s_base)) Volatile.Write(ref s_base, live);
        if (live < Volatile.Read(ref s_fullBase)) Volatile.Write(ref s_fullBase, live);
        // The next step will most likely need as much as the last one did, and a little is not worth the page faults. A quarter more up to 16 MB, because
        // forward and backward need blocks of other sizes: without it each found those gone that the other had no use for, a tenth of a step of a small transformer.
        long high = Volatile.Read(ref s_high);
        long keep = Math.Max(Math.Max(2 * Budget, high + Math.Min(high / 4, Budget / 2)) - live, Budget / 2);
        CpuBlockPool.Give(block, sizeClass, keep, ownThread: !finalizer);
    }

    /// <summary>Notes that the pool gave bytes back to the system.</summary>
    public static void Freed(long bytes) => Interlocked.Add(ref s_total, -bytes);

    /// <summary>Notes that a block of <paramref name="byteCount"/> bytes has probably lost its last user.</summary>
    public static void Abandoned(long byteCount) => Interlocked.Add(ref s_abandoned, byteCount);

    private static void Raise(ref long highest, long value)
    {
        for (long old = Volatile.Read(ref highest); value > old;)
        {
            long seen = Interlocked.CompareExchange(ref highest, value, old);
            if (seen == old) break;
            old = seen;
        }
    }

    private static byte* Fresh(long size, long byteCount)
    {
        // What rests in the pool is of other sizes: let it go before the machine runs out.
        if (Volatile.Read(ref s_total) + size > s_physicalBytes / 10 * 9) CpuBlockPool.Trim(0);
        byte* block = SystemMemory.Allocate(size);
        if (block is null)
        {
            lock (s_collecting) CollectAll();
            CpuBlockPool.FlushThread();
            CpuBlockPool.Trim(0);
            block = SystemMemory.Allocate(size);
            if (block is null) throw OutOfMemory(byteCount);
        }
        Interlocked.Add(ref s_total, size);
        return block;
    }

    private static OutOfMemoryException OutOfMemory(long byteCount) =>
        new($"Not enough memory: tried to allocate {byteCount} bytes; {Volatile.Read(ref s_live)} bytes are in use by tensors and {Stats.PooledBytes} are kept for reuse.");

    private static void Collect(long budget)
    {
        if (!s_collecting.TryEnter()) return; // another thread is at it
        try
        {
            long high = Volatile.Read(ref s_high);
            Volatile.Write(ref s_high, Math.Max(Volatile.Read(ref s_live), high - high / 16));
            if (Volatile.Read(ref s_abandoned) > budget) CollectAll();
            else
            {
                GC.Collect(1, GCCollectionMode.Forced, blocking: true);
                GC.WaitForPendingFinalizers();
                Interlocked.Increment(ref s_collections);
                long full = Volatile.Read(ref s_fullBase);
                if (Volatile.Read(ref s_live) > full + full / Share + Budget) CollectAll();
            }
            Volatile.Write(ref s_base, Volatile.Read(ref s_live));
        }
        finally
        {
            s_collecting.Exit();
        }
    }

    private static void CollectAll()
    {
        Volatile.Write(ref s_abandoned, 0);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Interlocked.Increment(ref s_collections);
        Volatile.Write(ref s_fullBase, Volatile.Read(ref s_live));
    }
}
