using System.Collections;

namespace Firesteel.Data;

/// <summary>One pass of a data loader without workers.</summary>
internal sealed class SerialBatches<TBatch> : Pass, IEnumerator<TBatch>
{
    private readonly IEnumerator<IReadOnlyList<int>> _plan;
    private readonly Fetcher<TBatch> _fetcher;
    private readonly bool _stream;

    /// <param name="log">Where draws are noted.</param>
    /// <param name="plan">The samples of every batch.</param>
    /// <param name="fetcher">Reads them.</param>
    /// <param name="stream">Whether reading goes on from the batch before, so that a pass that is resumed has to read what the other has read.</param>
    /// <param name="resumed">The pass to go on with.</param>
    public SerialBatches(DrawLog log, IEnumerator<IReadOnlyList<int>> plan, Fetcher<TBatch> fetcher, bool stream, PassState? resumed)
        : base(log)
    {
        (_plan, _fetcher, _stream) = (plan, fetcher, stream);
        if (resumed is null) return;
        for (; Given < resumed.Given; Given++)
            if (!log.Step(_plan.MoveNext) || (_stream && !Fetch())) throw resumed.TooShort(Given);
        Current = default!;
    }

    public TBatch Current { get; private set; } = default!;

    object? IEnumerator.Current => Current;

    public bool MoveNext()
    {
        if (!Log.Step(_plan.MoveNext) || !Fetch())
        {
            IsOver = true;
            return false;
        }
        Given++;
        return true;
    }

    public void Reset() => throw new NotSupportedException("Start another pass with GetEnumerator.");

    public void Dispose()
    {
        IsOver = true;
        _plan.Dispose();
    }

    public override PassState State() => new() { Start = Log.Start, Notes = Log.Notes, Given = Given };

    private bool Fetch() => _stream ? Log.Step(FetchOne) : FetchOne();

    private bool FetchOne()
    {
        bool any = _fetcher.TryFetch(_plan.Current, static () => false, out var batch);
        if (any) Current = batch;
        return any;
    }
}
