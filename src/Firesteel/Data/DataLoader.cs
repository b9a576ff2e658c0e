using System.Collections;
using Firesteel.Io;

namespace Firesteel.Data;

/// <summary>
/// Batches of a data set (<c>torch.utils.data.DataLoader</c>). Every enumeration is one pass over the data. With the same seed the order is
/// PyTorch's. With workers, threads read ahead; order and random numbers do not depend on their speed.
/// </summary>
/// <typeparam name="TSample">What a sample is.</typeparam>
/// <typeparam name="TBatch">What a batch is.</typeparam>
public partial class DataLoader<TSample, TBatch> : IEnumerable<TBatch>, IStateful
{
    private readonly object _dataset;
    private readonly IEnumerable<IReadOnlyList<int>> _plan;
    private readonly Func<Fetcher<TBatch>> _fetcher;
    private readonly int? _batchSize;
    private readonly int _numWorkers, _prefetchFactor;
    private readonly Action<int>? _workerInitFn;
    private readonly Generator? _generator;

    /// <summary>A loader of samples that are found by number.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="collateFn">Makes a batch of samples.</param>
    /// <param name="batchSize">Samples in a batch.</param>
    /// <param name="shuffle">Whether every pass is in a new random order.</param>
    /// <param name="sampler">The order of the samples, instead of <paramref name="shuffle"/>.</param>
    /// <param name="batchSampler">The batches, instead of <paramref name="batchSize"/>, <paramref name="shuffle"/>, <paramref name="sampler"/> and <paramref name="dropLast"/>.</param>
    /// <param name="numWorkers">Threads that read ahead; with 0 the caller's thread reads when it asks for a batch.</param>
    /// <param name="dropLast">Whether a last batch that is smaller is left out.</param>
    /// <param name="workerInitFn">Called in every worker with its number, after its <see cref="Rng.Default"/> was seeded.</param>
    /// <param name="generator">Where order and seeds are drawn from, by default <see cref="Rng.Default"/>.</param>
    /// <param name="prefetchFactor">How many batches every worker reads ahead, 2 by default.</param>
    /// <exception cref="ArgumentException">Options that contradict each other or are out of their range.</exception>
    public DataLoader(Dataset<TSample> dataset, Func<IReadOnlyList<TSample>, TBatch> collateFn, int batchSize = 1, bool shuffle = false, IEnumerable<int>? sampler = null,
        IEnumerable<IReadOnlyList<int>>? batchSampler = null, int numWorkers = 0, bool dropLast = false, Action<int>? workerInitFn = null, Generator? generator = null, int? prefetchFactor = null)
        : this(dataset, collateFn, numWorkers, workerInitFn, generator, prefetchFactor)
    {
        if (sampler is not null && shuffle) throw new ArgumentException("DataLoader: sampler option is mutually exclusive with shuffle");
        if (batchSampler is not null && (batchSize != 1 || shuffle || sampler is not null || dropLast))
            throw new ArgumentException("DataLoader: batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last");
        _plan = batchSampler ?? new BatchSampler(sampler ?? (shuffle ? new RandomSampler(dataset, generator: generator) : new SequentialSampler(dataset)), batchSize, dropLast);
        _batchSize = (_plan as BatchSampler)?.BatchSize;
        _fetcher = () => new IndexedFetcher<TSample, TBatch>(dataset, collateFn);
    }

    /// <summary>A loader of samples that come one after the other. Without workers the order is the stream's; workers take turns, batch by batch.</summary>
    /// <param name="dataset">The samples.</param>
    /// <param name="collateFn">Makes a batch of samples.</param>
    /// <param name="batchSize">Samples in a batch.</param>
    /// <param name="numWorkers">Threads that read ahead, each the whole stream; see <see cref="IterableDataset{T}"/>.</param>
    /// <param name="dropLast">Whether a last batch that is smaller is left out.</param>
    /// <param name="workerInitFn">Called in every worker with its number, after its <see cref="Rng.Default"/> was seeded.</param>
    /// <param name="generator">Where seeds are drawn from, by default <see cref="Rng.Default"/>.</param>
    /// <param name="prefetchFactor">How many batches every worker reads ahead, 2 by default.</param>
    /// <exception cref="ArgumentException">Options that are out of their range.</exception>
    public DataLoader(IterableDataset<TSample> dataset, Func<IReadOnlyList<TSample>, TBatch> collateFn, int batchSize = 1, int numWorkers = 0, bool dropLast = false,
        Action<int>? workerInitFn = null, Generator? generator = null, int? prefetchFactor = null)
        : this((object)dataset, collateFn, numWorkers, workerInitFn, generator, prefetchFactor)
    {
        if (batchSize <= 0) throw new ArgumentException($"DataLoader: batch_size should be a positive integer value, but got batch_size={batchSize}");
        (_plan, _batchSize) = (Endless(), batchSize);
        _fetcher = () => new StreamFetcher<TSample, TBatch>(dataset, collateFn, batchSize, dropLast);
    }

    private DataLoader(object dataset, Func<IReadOnlyList<TSample>, TBatch> collateFn, int numWorkers, Action<int>? workerInitFn, Generator? generator, int? prefetchFactor)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(collateFn);
        if (numWorkers < 0) throw new ArgumentException("DataLoader: num_workers option should be non-negative; use numWorkers: 0 to disable worker threads.");
        if (numWorkers == 0 && prefetchFactor is not null) throw new ArgumentException("DataLoader: prefetch_factor option could only be specified in multiprocessing. Let numWorkers be greater than 0.");
        if (prefetchFactor <= 0) throw new ArgumentException($"DataLoader: prefetch_factor should be positive, but got {prefetchFactor}");
        (_dataset, _numWorkers, _workerInitFn, _generator, _prefetchFactor) = (dataset, numWorkers, workerInitFn, generator, prefetchFactor ?? 2);
        _plan = null!;
        _fetcher = null!;
    }

    /// <summary>The number of batches of one pass (<c>len(loader)</c>).</summary>
    /// <exception cref="InvalidOperationException">A stream, or a sampler of the caller's that does not know it.</exception>
    public int Count => _plan switch
    {
        IReadOnlyCollection<IReadOnlyList<int>> sized => sized.Count,
        _ when _dataset is IterableDataset<TSample> => throw new InvalidOperationException("DataLoader: a stream does not tell how many batches it will give."),
        _ => throw new InvalidOperationException("DataLoader: the batch sampler does not tell how many batches it gives; let it be an IReadOnlyCollection."),
    };

    /// <summary>Starts a pass. Ending it early (as <c>break</c> in a <c>foreach</c> does) waits for the workers to stop.</summary>
    /// <exception cref="WorkerException">While it runs: what a worker ran into.</exception>
    public IEnumerator<TBatch> GetEnumerator()
    {
        var resumed = Interlocked.Exchange(ref _resumed, null);
        var log = resumed is null ? new DrawLog(Generators) : new DrawLog(Generators, resumed.Start, resumed.Notes);
        try
        {
            // The same draws in the same order as PyTorch: the seed of the workers first, needed or not, then those of the sampler.
            var plan = _plan.GetEnumerator();
            long baseSeed = 0;
            log.Step(() => (baseSeed = Draws.Seed(_generator)) >= 0);
            Pass pass = _numWorkers == 0
                ? new SerialBatches<TBatch>(log, plan, _fetcher(), _dataset is IterableDataset<TSample>, resumed)
                : new WorkerBatches<TBatch>(log, plan, new Crew<TBatch>(_numWorkers, baseSeed, _dataset, _workerInitFn, _fetcher, resumed), _prefetchFactor, resumed);
            _pass = new(pass);
            return (IEnumerator<TBatch>)pass;
        }
        finally
        {
            log.EndReplay();
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static IEnumerable<IReadOnlyList<int>> Endless()
    {
        while (true) yield return [];
    }
}

/// <summary>Batches of a data set whose samples are rows of tensors, such as <see cref="TensorDataset"/>: <c>foreach (var (x, y) in loader)</c>.</summary>
public sealed class DataLoader : DataLoader<Tensor[], Tensor[]>
{
    /// <summary>A loader; without a <paramref name="collateFn"/> the tensors of a batch are stacked.</summary>
    /// <inheritdoc cref="DataLoader{TSample, TBatch}(Dataset{TSample}, Func{IReadOnlyList{TSample}, TBatch}, int, bool, IEnumerable{int}, IEnumerable{IReadOnlyList{int}}, int, bool, Action{int}, Generator, int?)"/>
    public DataLoader(Dataset<Tensor[]> dataset, int batchSize = 1, bool shuffle = false, IEnumerable<int>? sampler = null, IEnumerable<IReadOnlyList<int>>? batchSampler = null, int numWorkers = 0,
        Func<IReadOnlyList<Tensor[]>, Tensor[]>? collateFn = null, bool dropLast = false, Action<int>? workerInitFn = null, Generator? generator = null, int? prefetchFactor = null)
        : base(dataset, collateFn ?? Collate.Default, batchSize, shuffle, sampler, batchSampler, numWorkers, dropLast, workerInitFn, generator, prefetchFactor)
    {
    }

    /// <summary>A loader of samples of any kind: <c>DataLoader.Create(dataset, Collate.Default, batchSize: 32)</c>.</summary>
    /// <inheritdoc cref="DataLoader{TSample, TBatch}(Dataset{TSample}, Func{IReadOnlyList{TSample}, TBatch}, int, bool, IEnumerable{int}, IEnumerable{IReadOnlyList{int}}, int, bool, Action{int}, Generator, int?)"/>
    public static DataLoader<TSample, TBatch> Create<TSample, TBatch>(Dataset<TSample> dataset, Func<IReadOnlyList<TSample>, TBatch> collateFn, int batchSize = 1, bool shuffle = false, IEnumerable<int>? sampler = null,
        IEnumerable<IReadOnlyList<int>>? batchSampler = null, int numWorkers = 0, bool dropLast = false, Action<int>? workerInitFn = null, Generator? generator = null, int? prefetchFactor = null) =>
        new(dataset, collateFn, batchSize, shuffle, sampler, batchSampler, numWorkers, dropLast, workerInitFn, generator, prefetchFactor);

    /// <summary>A loader of a stream of samples.</summary>
    /// <inheritdoc cref="DataLoader{TSample, TBatch}(IterableDataset{TSample}, Func{IReadOnlyList{TSample}, TBatch}, int, int, bool, Action{int}, Generator, int?)"/>
    public static DataLoader<TSample, TBatch> Create<TSample, TBatch>(IterableDataset<TSample> dataset, Func<IReadOnlyList<TSample>, TBatch> collateFn, int batchSize = 1, int numWorkers = 0, bool dropLast = false,
        Action<int>? workerInitFn = null, Generator? generator = null, int? prefetchFactor = null) =>
        new(dataset, collateFn, batchSize, numWorkers, dropLast, workerInitFn, generator, prefetchFactor);

    /// <summary>In a worker thread of a loader what that worker is, else null (<c>torch.utils.data.get_worker_info</c>).</summary>
    public static WorkerInfo? GetWorkerInfo() => WorkerInfo.Current;
}
