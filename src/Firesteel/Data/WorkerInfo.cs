namespace Firesteel.Data;

/// <summary>What a worker of a data loader can find out about itself (<c>torch.utils.data.get_worker_info()</c>).</summary>
/// <param name="Id">The number of this worker, from 0.</param>
/// <param name="NumWorkers">How many workers there are.</param>
/// <param name="Seed">The seed of <see cref="Rng.Default"/> in this worker: that of the pass plus <paramref name="Id"/>.</param>
/// <param name="Dataset">The data set that is read.</param>
public sealed record WorkerInfo(int Id, int NumWorkers, ulong Seed, object Dataset)
{
    [ThreadStatic]
    private static WorkerInfo? t_current;

    /// <summary>That of the calling thread.</summary>
    internal static WorkerInfo? Current
    {
        get => t_current;
        set => t_current = value;
    }
}
