using System.Collections;

namespace Firesteel.Data;

/// <summary>An order in which samples are taken (<c>torch.utils.data.Sampler</c>). Every enumeration is a new pass, and may be in another order.</summary>
/// <typeparam name="T">The number of a sample, or those of a batch.</typeparam>
public abstract class Sampler<T> : IReadOnlyCollection<T>, ISized
{
    /// <summary>How many of them one pass gives.</summary>
    public abstract int Count { get; }

    /// <summary>Generators other than <see cref="Rng.Default"/> that a pass draws from: a data loader has to know them to go on in the middle of a pass.</summary>
    public virtual IReadOnlyList<Generator> Generators => [];

    /// <summary>One pass.</summary>
    public abstract IEnumerator<T> GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
