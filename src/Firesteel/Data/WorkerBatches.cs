using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Firesteel.Data;

/// <summary>
/// One pass of a data loader with workers. Batches are handed out in turn and given back in the same order, so that nothing depends on
/// which worker is faster.
/// </summary>
internal sealed class WorkerBatches<TBatch> : IEnumerator<TBatch>
{
    private readonly IEnumerator<IReadOnlyList<int>> _plan;
    private readonly Crew<TBatch> _crew;
    private readonly Queue<Job<TBatch>> _sent = new();
    private readonly bool[] _ended;
    private int _next;

    public WorkerBatches(IEnumerator<IReadOnlyList<int>> plan, Crew<TBatch> crew, int ahead)
    {
        (_plan, _crew, _ended) = (plan, crew, new bool[crew.Size]);
        try
        {
            for (int i = 0; i < ahead * crew.Size && Send(); i++)
            {
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
        _sent.Clear();
        Current = default;
        _crew.Stop();
        _crew.Join();
        _plan.Dispose();
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
        if (!_plan.MoveNext()) return false;
        var job = new Job<TBatch>(worker, _plan.Current);
        _sent.Enqueue(job);
        _crew.Give(job);
        return true;
    }
}
