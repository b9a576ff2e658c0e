namespace Firesteel.Data;

/// <summary>Samples in random order, or drawn with replacement; the same order as PyTorch's for the same seed (<c>torch.utils.data.RandomSampler</c>).</summary>
public sealed class RandomSampler : Sampler<int>
{
    private readonly ISized _dataSource;
    private readonly bool _replacement;
    private readonly int? _numSamples;
    private readonly Generator? _generator;

    /// <summary>A sampler of <paramref name="dataSource"/>.</summary>
    /// <param name="dataSource">What is sampled.</param>
    /// <param name="replacement">Whether a sample may come several times.</param>
    /// <param name="numSamples">How many to take in one pass, by default as many as there are.</param>
    /// <param name="generator">Where the order is drawn from; by default from a new generator that is seeded by <see cref="Rng.Default"/> in every pass.</param>
    /// <exception cref="ArgumentException">There is nothing to take.</exception>
    public RandomSampler(ISized dataSource, bool replacement = false, int? numSamples = null, Generator? generator = null)
    {
        ArgumentNullException.ThrowIfNull(dataSource);
        (_dataSource, _replacement, _numSamples, _generator) = (dataSource, replacement, numSamples, generator);
        if (Count <= 0) throw new ArgumentException($"RandomSampler: num_samples should be a positive integer value, but got num_samples={Count}");
    }

    /// <inheritdoc/>
    public override int Count => _numSamples ?? _dataSource.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<Generator> Generators => _generator is null ? [] : [_generator];

    /// <inheritdoc/>
    public override IEnumerator<int> GetEnumerator()
    {
        int n = _dataSource.Count, count = Count;
        var generator = _generator ?? new Generator().ManualSeed(Draws.Seed(null));
        if (_replacement)
        {
            const int Block = 32;
            for (int block = 0; block < count / Block; block++)
                foreach (int i in Draws.Integers(n, Block, generator)) yield return i;
            foreach (int i in Draws.Integers(n, count % Block, generator)) yield return i;
        }
        else
        {
            for (int pass = 0; pass < count / n; pass++)
                foreach (int i in Draws.Permutation(n, generator)) yield return i;
            // PyTorch draws this last order even where nothing of it is used, and a generator of the caller's is further on by it.
            int[] last = Draws.Permutation(n, generator);
            for (int i = 0; i < count % n; i++) yield return last[i];
        }
    }
}
