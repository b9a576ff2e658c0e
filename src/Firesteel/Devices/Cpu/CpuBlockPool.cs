using System.Numerics;

namespace Firesteel;

/// <summary>Native blocks that wait to be used again: a small cache for each thread, and stacks that all threads share.</summary>
internal static unsafe class CpuBlockPool
{
    /// <summary>The largest block that there is a class for.</summary>
    public const long MaxBytes = 1L << 47;

    private const int FirstLog = 12; // 4 KB
    private const int Steps = 8; // classes between a power of two and the next: at most an eighth is wasted

    private static readonly Lock s_lock = new();
    private static readonly Stack<nint>?[] s_shared = new Stack<nint>?[(47 - FirstLog) * Steps + 1];
    private static readonly long[] s_lastUse = new long[s_shared.Length];
    private static long s_sharedBytes;
    private static long s_clock;

    [ThreadStatic]
    private static ThreadCache? t_cache;

    /// <summary>The class of the smallest blocks with room for this many bytes.</summary>
    public static int ClassOf(long bytes)
    {
        if (bytes <= 1L << FirstLog) return 0;
        int log = BitOperations.Log2((ulong)(bytes - 1)); // 2^log < bytes <= 2^(log+1)
        long step = (1L << log) / Steps;
        return (log - FirstLog) * Steps + (int)((bytes - (1L << log) + step - 1) / step);
    }

    /// <summary>The size of the blocks of a class.</summary>
    public static long BytesOf(int sizeClass)
    {
        long power = 1L << (FirstLog + sizeClass / Steps);
        return power + power / Steps * (sizeClass % Steps);
    }

    /// <summary>A block of this class that somebody gave back, or null.</summary>
    public static byte* Take(int sizeClass)
    {
        if (t_cache is { } cache && cache.Take(sizeClass) is var cached && cached != 0) return (byte*)cached;
        if (s_shared[sizeClass] is not { } stack) return null;
        lock (s_lock)
        {
            if (!stack.TryPop(out nint block)) return null;
            s_lastUse[sizeClass] = ++s_clock;
            s_sharedBytes -= BytesOf(sizeClass);
            return (byte*)block;
        }
    }

    /// <summary>Keeps a block for reuse; the shared stacks then hold at most <paramref name="limit"/> bytes.</summary>
    public static void Give(byte* block, int sizeClass, long limit, bool ownThread)
    {
        if (ownThread && (t_cache ??= new ThreadCache()).Give((nint)block, sizeClass)) return;
        lock (s_lock)
        {
            (s_shared[sizeClass] ??= new Stack<nint>()).Push((nint)block);
            s_lastUse[sizeClass] = ++s_clock;
            s_sharedBytes += BytesOf(sizeClass);
        }
        if (s_sharedBytes > limit) Trim(limit);
    }

    /// <summary>Gives blocks back to the system, those of the longest unused classes first, until at most <paramref name="limit"/> bytes rest in the shared stacks.</summary>
    public static void Trim(long limit)
    {
        lock (s_lock)
        {
            while (s_sharedBytes > limit)
            {
                int oldest = -1;
                for (int c = 0; c < s_shared.Length; c++)
                {
                    if (s_shared[c] is { Count: > 0 } && (oldest < 0 || s_lastUse[c] < s_lastUse[oldest])) oldest = c;
                }
                long size = BytesOf(oldest);
                while (s_sharedBytes > limit && s_shared[oldest]!.TryPop(out nint block))
                {
                    s_sharedBytes -= size;
                    SystemMemory.Free((byte*)block, size);
                    CpuMemory.Freed(size);
                }
            }
        }
    }

    /// <summary>Moves what this thread keeps for itself to the shared stacks.</summary>
    public static void FlushThread() => t_cache?.Flush();

    /// <summary>A few blocks of up to 1 MB that one thread takes and gives back without a lock.</summary>
    private sealed class ThreadCache
    {
        private const int Classes = (20 - FirstLog) * Steps + 1;
        private const int Slots = 4;
        private const long MaxBytes = 8L << 20;

        private readonly nint[] _blocks = new nint[Classes * Slots];
        private readonly byte[] _counts = new byte[Classes];
        private long _bytes;

        ~ThreadCache() => Flush(); // the thread has ended

        public nint Take(int sizeClass)
        {
            if (sizeClass >= Classes || _counts[sizeClass] == 0) return 0;
            _bytes -= BytesOf(sizeClass);
            return _blocks[sizeClass * Slots + --_counts[sizeClass]];
        }

        public bool Give(nint block, int sizeClass)
        {
            if (sizeClass >= Classes || _counts[sizeClass] == Slots) return false;
            long size = BytesOf(sizeClass);
            if (_bytes + size > MaxBytes) return false;
            _bytes += size;
            _blocks[sizeClass * Slots + _counts[sizeClass]++] = block;
            return true;
        }

        public void Flush()
        {
            for (int c = 0; c < Classes; c++)
            {
                for (nint block = Take(c); block != 0; block = Take(c)) CpuBlockPool.Give((byte*)block, c, long.MaxValue, ownThread: false);
            }
        }
    }
}
