namespace Firesteel.Data;

/// <summary>The samples of another sampler in batches (<c>torch.utils.data.BatchSampler</c>).</summary>
public sealed class BatchSampler : Sampler<IReadOnlyList<int>>
{
    private readonly IEnumerable<int> _sampler;
    private readonly int _batchSize;
    private readonly bool _dropLast;

    /// <summary>Batches of <paramref name="batchSize"/> numbers of <paramref name="sampler"/>.</summary>
    /// <param name="sampler">The order of the samples.</param>
    /// <param name="batchSize">The size of a batch.</param>
    /// <param name="dropLast">Whether a last batch that is smaller is left out.</param>
    /// <exception cref="ArgumentException">The batch size is not positive.</exception>
    public BatchSampler(IEnumerable<int> sampler, int batchSize, bool dropLast)
    {
        ArgumentNullException.ThrowIfNull(sampler);
        if (batchSize <= 0) throw new ArgumentException($"BatchSampler: batch_size should be a positive integer value, but got batch_size={batchSize}");
        (_sampler, _batchSize, _dropLast) = (sampler, batchSize, dropLast);
    }

    /// <summary>The class of the sampler, if it is one of those that have names.</summary>
    internal string SamplerName => _sampler is Sampler<int> ? _sampler.GetType().Name : "of the caller";

    internal int BatchSize => _batchSize;

    /// <summary>The number of batches.</summary>
    /// <exception cref="InvalidOperationException">The sampler does not know its own count.</exception>
    public override int Count
    {
        get
        {
            int samples = _sampler switch
            {
                IReadOnlyCollection<int> sized => sized.Count,
                ICollection<int> sized => sized.Count,
                _ => throw new InvalidOperationException("The sampler does not tell how many samples it gives; let it be an IReadOnlyCollection<int>."),
            };
            return _dropLast ? samples / _batchSize : (int)(((long)samples + _batchSize - 1) / _batchSize);
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Generator> Generators => (_sampler as Sampler<int>)?.Generators ?? [];

    /// <inheritdoc/>
    public override IEnumerator<IReadOnlyList<int>> GetEnumerator()
    {
        var batch = new List<int>(_batchSize);
        foreach (int i in _sampler)
        {
            batch.Add(i);
            if (batch.Count < _batchSize) continue;
            yield return batch;
            batch = new List<int>(_batchSize);
        }
        if (batch.Count > 0 && !_dropLast) yield return batch;
    }
}
