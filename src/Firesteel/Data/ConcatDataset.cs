namespace Firesteel.Data;

/// <summary>Several data sets one after the other (<c>torch.utils.data.ConcatDataset</c>).</summary>
/// <typeparam name="T">What a sample is.</typeparam>
public sealed class ConcatDataset<T> : Dataset<T>
{
    private readonly Dataset<T>[] _datasets;

    /// <summary>The data sets in this order.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public ConcatDataset(params ReadOnlySpan<Dataset<T>> datasets)
    {
        if (datasets.IsEmpty) throw new ArgumentException("ConcatDataset: datasets should not be an empty iterable");
        _datasets = datasets.ToArray();
        foreach (var dataset in _datasets) ArgumentNullException.ThrowIfNull(dataset, nameof(datasets));
    }

    /// <summary>The data sets as given.</summary>
    public IReadOnlyList<Dataset<T>> Datasets => _datasets;

    /// <inheritdoc/>
    public override int Count => _datasets.Sum(static dataset => dataset.Count);

    /// <summary>The sample at this position of all.</summary>
    /// <exception cref="IndexOutOfRangeException">No such position.</exception>
    public override T this[int index]
    {
        get
        {
            CheckIndex(index);
            int at = 0;
            while (index >= _datasets[at].Count) index -= _datasets[at++].Count;
            return _datasets[at][index];
        }
    }
}
