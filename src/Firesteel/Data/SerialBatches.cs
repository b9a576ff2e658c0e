using System.Collections;

namespace Firesteel.Data;

/// <summary>One pass of a data loader without workers.</summary>
internal sealed class SerialBatches<TBatch>(IEnumerator<IReadOnlyList<int>> plan, Fetcher<TBatch> fetcher) : IEnumerator<TBatch>
{
    public TBatch Current { get; private set; } = default!;

    object? IEnumerator.Current => Current;

    public bool MoveNext()
    {
        if (!plan.MoveNext() || !fetcher.TryFetch(plan.Current, static () => false, out var batch)) return false;
        Current = batch;
        return true;
    }

    public void Reset() => throw new NotSupportedException("Start another pass with GetEnumerator.");

    public void Dispose() => plan.Dispose();
}
