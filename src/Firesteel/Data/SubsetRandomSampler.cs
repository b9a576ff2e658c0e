namespace Firesteel.Data;

/// <summary>Given samples in random order (<c>torch.utils.data.SubsetRandomSampler</c>).</summary>
/// <param name="indices">The numbers of the samples.</param>
/// <param name="generator">Where the order is drawn from, by default <see cref="Rng.Default"/>.</param>
public sealed class SubsetRandomSampler(IReadOnlyList<int> indices, Generator? generator = null) : Sampler<int>
{
    /// <inheritdoc/>
    public override int Count => indices.Count;

    /// <inheritdoc/>
    public override IReadOnlyList<Generator> Generators => generator is null ? [] : [generator];

    /// <inheritdoc/>
    public override IEnumerator<int> GetEnumerator()
    {
        foreach (int i in Draws.Permutation(indices.Count, generator)) yield return indices[i];
    }
}
