namespace Firesteel.Data;

/// <summary>What a worker of a data loader ran into. <see cref="Exception.InnerException"/> is the original, with its stack trace.</summary>
public sealed class WorkerException : Exception
{
    internal WorkerException(int workerId, int? index, Exception original)
        : base($"Caught {original.GetType().Name} in DataLoader worker {workerId}{(index is null ? "" : $" at sample {index}")}: {original.Message}", original) =>
        (WorkerId, Index) = (workerId, index);

    /// <summary>The number of the worker.</summary>
    public int WorkerId { get; }

    /// <summary>The number of the sample that was being read; null where the data set is a stream, or where the worker started or put a batch together.</summary>
    public int? Index { get; }
}
