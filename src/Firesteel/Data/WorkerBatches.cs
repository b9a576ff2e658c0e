using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Firesteel.Data;

/// <summary>
/// One pass of a data loader with workers. Batches are handed out in turn and given back in the same order, so that nothing depends on
/// which worker is faster.
/// </summary>
internal sealed class WorkerBatches<TBatch> : Pass, IEnumerator<TBatch>
{
    private readonly IEnumerator<IReadOnlyList<int>> _plan;
    private readonly Crew<TBatch> _crew;
    private readonly Queue<Job<TBatch>> _sent = new();
    private readonly bool[] _ended;
    private readonly long[] _given;
    private readonly byte[]?[] _generators;
    private int _next;
    private long _asked;

    /// <param name="log">Where draws are noted.</param>
    /// <param name="plan">The samples of every batch.</param>
    /// <param name="crew">Reads them.</param>
    /// <param name="ahead">How many batches every worker reads ahead.</param>
    /// <param name="resumed">The pass to go on with; <paramref name="crew"/> knows it too.</param>
    public WorkerBatches(DrawLog log, IEnumerator<IReadOnlyList<int>> plan, Crew<TBatch> crew, int ahead, PassState? resumed)
        : base(log)
    {
        (_plan, _crew, _ended, _given, _generators) = (plan, crew, new bool[crew.Size], new long[crew.Size], new byte[]?[crew.Size]);
        try
        {
            if (resumed is not null) GoOn(resumed);
            else
            {
                for (int i = 0; i < ahead * crew.Size && Send(); i++)
                {
                }
            }
        }
        catch
        {
            Dispose(); // a sampler that throws must not leave threads behind
            throw;
        }
    }

    /// <summary>A pass that nobody ended: the threads are told to go, and not waited for.</summary>
    ~WorkerBatches() => _crew?.Stop();

    [AllowNull]
    public TBatch Current { get; private set; } = default!;

    object? IEnumerator.Current => Current;

    public bool MoveNext()
    {
        try
        {
            while (_sent.TryDequeue(out var job))
            {
                if (_ended[job.Worker]) continue;
                _crew.WaitFor(job);
                if (job.Error is { } error) throw error;
                _ended[job.Worker] = job.Ended;
                Send();
                if (job.Ended) continue;
                Current = job.Batch!;
                Given++;
                _given[job.Worker]++;
                _generators[job.Worker] = job.Generator;
                return true;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
        Dispose();
        return false;
    }

    public void Reset() => throw new NotSupportedException("Start another pass with GetEnumerator.");

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        IsOver = true;
        _sent.Clear();
        Current = default;
        _crew.Stop();
        _crew.Join();
        _plan.Dispose();
    }

    public override PassState State() => new()
    {
        Start = Log.Start,
        Notes = Log.Notes,
        Given = Given,
        Asked = _asked,
        Sent = [.. _sent.Select(static job => job.Worker)],
        Next = _next,
        Workers = [.. _given.Select((given, w) => new PassState.WorkerState(given, _ended[w], _generators[w]))],
    };

    /// <summary>Goes through the plan up to where the other pass was, and has read again what was being read then.</summary>
    private void GoOn(PassState resumed)
    {
        var last = new Queue<IReadOnlyList<int>>();
        long planned = 0;
        while (_asked < resumed.Asked)
        {
            _asked++;
            if (!Log.Step(_plan.MoveNext)) continue;
            planned++;
            last.Enqueue(_plan.Current);
            if (last.Count > resumed.Sent.Count) last.Dequeue();
        }
        if (planned < resumed.Given + resumed.Sent.Count) throw resumed.TooShort(planned);
        Given = resumed.Given;
        _next = resumed.Next;
        for (int w = 0; w < _given.Length; w++) (_given[w], _ended[w], _generators[w]) = resumed.Workers[w];
        foreach (int worker in resumed.Sent) Send(worker, last.Dequeue());
    }

    /// <summary>Gives the next batch to the worker whose turn it is; false when there is no batch or no worker left.</summary>
    private bool Send()
    {
        int worker = 0;
        for (int i = 0; ; i++)
        {
            if (i == _ended.Length) return false;
            worker = _next;
            _next = (_next + 1) % _ended.Length;
            if (!_ended[worker]) break;
        }
        _asked++;
        if (!Log.Step(_plan.MoveNext)) return false;
        Send(worker, _plan.Current);
        return true;
    }

    private void Send(int worker, IReadOnlyList<int> indices)
    {
        var job = new Job<TBatch>(worker, indices);
        _sent.Enqueue(job);
        _crew.Give(job);
    }
}
