namespace Firesteel.Data;

/// <summary>Samples with given probabilities (<c>torch.utils.data.WeightedRandomSampler</c>).</summary>
public sealed class WeightedRandomSampler : Sampler<int>
{
    private readonly Tensor _weights;
    private readonly int _numSamples;
    private readonly bool _replacement;
    private readonly Generator? _generator;

    /// <summary>A sampler of as many samples as there are weights.</summary>
    /// <param name="weights">The weight of every sample; they need not add up to 1.</param>
    /// <param name="numSamples">How many to take in one pass.</param>
    /// <param name="replacement">Whether a sample may come several times.</param>
    /// <param name="generator">Where they are drawn from, by default <see cref="Rng.Default"/>.</param>
    /// <exception cref="ArgumentException">Nothing to take, or (without replacement) fewer samples than are to be taken.</exception>
    public WeightedRandomSampler(ReadOnlySpan<double> weights, int numSamples, bool replacement = true, Generator? generator = null)
    {
        if (numSamples <= 0) throw new ArgumentException($"WeightedRandomSampler: num_samples should be a positive integer value, but got num_samples={numSamples}");
        if (!replacement && numSamples > weights.Length) throw new ArgumentException($"WeightedRandomSampler: cannot take {numSamples} of {weights.Length} samples without replacement");
        (_weights, _numSamples, _replacement, _generator) = (Tensor.From(weights), numSamples, replacement, generator);
    }

    /// <inheritdoc/>
    public override int Count => _numSamples;

    /// <inheritdoc/>
    public override IReadOnlyList<Generator> Generators => _generator is null ? [] : [_generator];

    /// <inheritdoc/>
    public override IEnumerator<int> GetEnumerator()
    {
        foreach (int i in Draws.Multinomial(_weights, _numSamples, _replacement, _generator)) yield return i;
    }
}
