using System.Collections;

namespace Firesteel.Data;

/// <summary>
/// Samples that come one after the other, such as lines of a stream (<c>torch.utils.data.IterableDataset</c>). With several workers each
/// enumerates it by itself; <see cref="DataLoader.GetWorkerInfo"/> tells them apart, so that they can share the work.
/// </summary>
/// <typeparam name="T">What a sample is.</typeparam>
public abstract class IterableDataset<T> : IEnumerable<T>
{
    /// <summary>The samples (<c>__iter__</c>).</summary>
    public abstract IEnumerator<T> GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
