namespace Firesteel.Data;

/// <summary>Some of the samples of a data set, in a given order (<c>torch.utils.data.Subset</c>).</summary>
/// <typeparam name="T">What a sample is.</typeparam>
public sealed class Subset<T> : Dataset<T>
{
    private readonly int[] _indices;

    /// <summary>The samples of <paramref name="dataset"/> with these numbers.</summary>
    public Subset(Dataset<T> dataset, IEnumerable<int> indices)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(indices);
        Dataset = dataset;
        _indices = [.. indices];
    }

    /// <summary>What the samples are taken from.</summary>
    public Dataset<T> Dataset { get; }

    /// <summary>The numbers of the samples.</summary>
    public IReadOnlyList<int> Indices => _indices;

    /// <inheritdoc/>
    public override int Count => _indices.Length;

    /// <summary>The sample whose number is at this position.</summary>
    /// <exception cref="IndexOutOfRangeException">No such position, or no such sample.</exception>
    public override T this[int index]
    {
        get
        {
            CheckIndex(index);
            return Dataset[_indices[index]];
        }
    }
}
