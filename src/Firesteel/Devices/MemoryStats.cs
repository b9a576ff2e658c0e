namespace Firesteel;

/// <summary>How much native memory tensors on the CPU use. Tensors below 4 KB are ordinary managed objects and are not counted.</summary>
/// <param name="LiveBytes">Bytes of the blocks that tensors hold, or that no garbage collection has found dead yet (<c>torch.cuda.memory_allocated</c>).</param>
/// <param name="PooledBytes">Bytes that are kept for reuse.</param>
/// <param name="PeakBytes">The largest <paramref name="LiveBytes"/> so far (<c>torch.cuda.max_memory_allocated</c>).</param>
/// <param name="Collections">Garbage collections that were asked for to find dead tensors.</param>
public readonly record struct MemoryStats(long LiveBytes, long PooledBytes, long PeakBytes, long Collections);
