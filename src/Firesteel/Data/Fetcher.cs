namespace Firesteel.Data;

/// <summary>Reads samples and makes batches of them; one for every worker.</summary>
internal abstract class Fetcher<TBatch>
{
    /// <summary>The sample that is being read, for the message if that fails.</summary>
    public int? Reading { get; protected set; }

    /// <summary>The next batch; false when there is none, or when <paramref name="stop"/> says so.</summary>
    public abstract bool TryFetch(IReadOnlyList<int> indices, Func<bool> stop, out TBatch batch);

    /// <summary>Gets to where <paramref name="batches"/> batches were fetched, drawing what they draw; nothing to do where batches do not depend on each other.</summary>
    public virtual void Skip(long batches, Func<bool> stop)
    {
    }
}

/// <summary>Reads the samples that it is told to.</summary>
internal sealed class IndexedFetcher<T, TBatch>(Dataset<T> dataset, Func<IReadOnlyList<T>, TBatch> collate) : Fetcher<TBatch>
{
    public override bool TryFetch(IReadOnlyList<int> indices, Func<bool> stop, out TBatch batch)
    {
        batch = default!;
        var samples = new T[indices.Count];
        for (int i = 0; i < samples.Length; i++)
        {
            if (stop()) return false;
            Reading = indices[i];
            samples[i] = dataset[indices[i]];
        }
        Reading = null;
        batch = collate(samples);
        return true;
    }
}

/// <summary>Reads on in a stream.</summary>
internal sealed class StreamFetcher<T, TBatch>(IterableDataset<T> dataset, Func<IReadOnlyList<T>, TBatch> collate, int batchSize, bool dropLast) : Fetcher<TBatch>
{
    private IEnumerator<T>? _samples;
    private bool _ended;

    public override void Skip(long batches, Func<bool> stop)
    {
        for (long i = 0; i < batches && !stop(); i++)
            if (!TryFetch([], stop, out _) && !stop()) throw new InvalidOperationException($"The pass to go on with had {batches} batches of this stream, which now has {i}.");
    }

    public override bool TryFetch(IReadOnlyList<int> indices, Func<bool> stop, out TBatch batch)
    {
        batch = default!;
        _samples ??= dataset.GetEnumerator();
        var samples = new List<T>();
        while (!_ended && samples.Count < batchSize)
        {
            if (stop()) return false;
            if (_samples.MoveNext()) samples.Add(_samples.Current);
            else
            {
                _ended = true;
                _samples.Dispose();
            }
        }
        if (samples.Count == 0 || (dropLast && samples.Count < batchSize)) return false;
        batch = collate(samples);
        return true;
    }
}
