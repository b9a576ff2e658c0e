using System.Collections;

namespace Firesteel.Data;

/// <summary>Samples that are found by their number (<c>torch.utils.data.Dataset</c>): derive from it and say how many there are and what each of them is.</summary>
/// <typeparam name="T">What a sample is: a tensor, several, a tuple, a record, ...</typeparam>
public abstract class Dataset<T> : IReadOnlyList<T>, ISized
{
    /// <summary>The number of samples (<c>__len__</c>).</summary>
    public abstract int Count { get; }

    /// <summary>One sample (<c>__getitem__</c>). Called from several threads at once by a data loader with workers.</summary>
    public abstract T this[int index] { get; }

    /// <summary>The samples in order.</summary>
    public IEnumerator<T> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The samples of both, one data set after the other (<c>Dataset.__add__</c>).</summary>
    public static ConcatDataset<T> operator +(Dataset<T> first, Dataset<T> second) => new(first, second);

    /// <summary>The exception for a sample that does not exist.</summary>
    private protected void CheckIndex(int index)
    {
        if ((uint)index >= (uint)Count) throw new IndexOutOfRangeException($"{GetType().Name.Split('`')[0]}: index {index} is out of range for {Count} samples.");
    }
}

/// <summary>A data set of which every sample is a row of tensors, such as an image and its label.</summary>
public abstract class Dataset : Dataset<Tensor[]>;
