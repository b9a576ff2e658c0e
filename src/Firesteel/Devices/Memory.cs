namespace Firesteel;

/// <summary>The memory of tensors: what is in use, and the pool behind it. Nothing here has to be called; tensors are freed by themselves.</summary>
public static class Memory
{
    /// <summary>The present state (<c>torch.cuda.memory_stats</c>).</summary>
    public static MemoryStats Stats => CpuMemory.Stats;

    /// <summary>Gives memory that is kept for reuse back to the operating system (<c>torch.cuda.empty_cache</c>).</summary>
    public static void EmptyCache()
    {
        CpuBlockPool.FlushThread();
        CpuBlockPool.Trim(0);
    }

    /// <summary>Starts <see cref="MemoryStats.PeakBytes"/> anew from what is live now (<c>torch.cuda.reset_peak_memory_stats</c>).</summary>
    public static void ResetPeakMemoryStats() => CpuMemory.ResetPeak();
}
