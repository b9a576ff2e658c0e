namespace Firesteel.Data;

/// <summary>A batch to be read by a worker, and what came of it. Guarded by the crew's lock.</summary>
internal sealed class Job<TBatch>(int worker, IReadOnlyList<int> indices)
{
    public int Worker => worker;

    public IReadOnlyList<int> Indices => indices;

    public TBatch? Batch;
    public WorkerException? Error;
    public bool Ended, Done;

    /// <summary>Where the generator of the worker stood after this batch.</summary>
    public byte[]? Generator;
}

/// <summary>The worker threads of one pass of a data loader.</summary>
internal sealed class Crew<TBatch>
{
    private readonly object _gate = new(); // a monitor, because workers wait on it for jobs and the loader for batches
    private readonly Queue<Job<TBatch>>[] _queues;
    private readonly Thread[] _threads;
    private volatile bool _stopping;

    public Crew(int size, long baseSeed, object dataset, Action<int>? initialize, Func<Fetcher<TBatch>> fetcher, PassState? resumed)
    {
        _queues = new Queue<Job<TBatch>>[size];
        _threads = new Thread[size];
        for (int i = 0; i < size; i++)
        {
            var info = new WorkerInfo(i, size, unchecked((ulong)baseSeed + (ulong)i), dataset);
            _queues[i] = new();
            var before = resumed?.Workers[i] ?? default;
            _threads[i] = new Thread(() => Work(info, initialize, fetcher, before)) { IsBackground = true, Name = $"DataLoader worker {i}" };
        }
        foreach (var thread in _threads) thread.Start();
    }

    public int Size => _queues.Length;

    public void Give(Job<TBatch> job)
    {
        lock (_gate)
        {
            _queues[job.Worker].Enqueue(job);
            Monitor.PulseAll(_gate);
        }
    }

    public void WaitFor(Job<TBatch> job)
    {
        lock (_gate)
            while (!job.Done) Monitor.Wait(_gate);
    }

    public void Stop()
    {
        lock (_gate)
        {
            _stopping = true;
            Monitor.PulseAll(_gate);
        }
    }

    public void Join()
    {
        foreach (var thread in _threads) thread.Join();
    }

    private void Work(WorkerInfo info, Action<int>? initialize, Func<Fetcher<TBatch>> makeFetcher, PassState.WorkerState before)
    {
        Rng.OwnOnThisThread(new Generator().ManualSeed(info.Seed));
        WorkerInfo.Current = info;
        Fetcher<TBatch>? fetcher = null;
        WorkerException? failure = null;
        try
        {
            initialize?.Invoke(info.Id);
            fetcher = makeFetcher();
            fetcher.Skip(before.Given, () => _stopping);
            if (before.Generator is { } state) Rng.SetRngState(state);
        }
        catch (Exception e)
        {
            failure = new WorkerException(info.Id, null, e);
        }

        while (Next(info.Id) is { } job)
        {
            TBatch? batch = default;
            bool ended = false;
            try
            {
                if (failure is null) ended = !fetcher!.TryFetch(job.Indices, () => _stopping, out batch!);
                job.Generator = Rng.GetRngState();
            }
            catch (Exception e)
            {
                failure = new WorkerException(info.Id, fetcher!.Reading, e);
            }
            lock (_gate)
            {
                (job.Batch, job.Ended, job.Error, job.Done) = (batch, ended, failure, true);
                Monitor.PulseAll(_gate);
            }
        }
    }

    private Job<TBatch>? Next(int worker)
    {
        lock (_gate)
        {
            while (!_stopping && _queues[worker].Count == 0) Monitor.Wait(_gate);
            return _stopping ? null : _queues[worker].Dequeue();
        }
    }
}
