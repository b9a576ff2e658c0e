namespace Firesteel.Data;

/// <summary>All samples in order (<c>torch.utils.data.SequentialSampler</c>).</summary>
/// <param name="dataSource">What is sampled.</param>
public sealed class SequentialSampler(ISized dataSource) : Sampler<int>
{
    /// <inheritdoc/>
    public override int Count => dataSource.Count;

    /// <inheritdoc/>
    public override IEnumerator<int> GetEnumerator()
    {
        for (int i = 0; i < dataSource.Count; i++) yield return i;
    }
}
