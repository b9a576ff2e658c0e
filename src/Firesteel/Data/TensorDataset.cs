namespace Firesteel.Data;

/// <summary>Tensors of one length; sample i is their i-th elements, as views (<c>torch.utils.data.TensorDataset</c>).</summary>
public sealed class TensorDataset : Dataset
{
    private readonly Tensor[] _tensors;

    /// <summary>A data set over these tensors, which are not copied.</summary>
    /// <exception cref="ArgumentException">There is none, one has no dimension, or their first dimensions differ.</exception>
    public TensorDataset(params ReadOnlySpan<Tensor> tensors)
    {
        if (tensors.IsEmpty) throw new ArgumentException("TensorDataset: at least one tensor is needed.");
        _tensors = tensors.ToArray();
        foreach (var tensor in _tensors)
        {
            ArgumentNullException.ThrowIfNull(tensor, nameof(tensors));
            if (tensor.Ndim == 0) throw new ArgumentException("TensorDataset: a 0-d tensor has no samples.");
            if (tensor.Shape[0] != _tensors[0].Shape[0])
                throw new ArgumentException($"TensorDataset: size mismatch between tensors: first dimensions {string.Join(", ", _tensors.Select(t => t.Shape[0]))}.");
        }
        Count = checked((int)_tensors[0].Shape[0]);
    }

    /// <inheritdoc/>
    public override int Count { get; }

    /// <summary>The tensors as given (<c>TensorDataset.tensors</c>).</summary>
    public IReadOnlyList<Tensor> Tensors => _tensors;

    /// <summary>The elements at this position, one of every tensor.</summary>
    /// <exception cref="IndexOutOfRangeException">No such position.</exception>
    public override Tensor[] this[int index]
    {
        get
        {
            CheckIndex(index);
            return Array.ConvertAll(_tensors, tensor => tensor.Select(0, index));
        }
    }
}
