using System.Runtime.CompilerServices;

namespace Firesteel;

public partial class Tensor
{
    /// <summary>
    /// <c>x[...]</c> as in PyTorch: positions, ranges, new axes and ellipses give views; tensors of positions and masks give copies, whose
    /// indexed dimensions stand where they were if they are neighbours, else in front. Assigning writes in place; a value broadcasts.
    /// </summary>
    /// <exception cref="IndexOutOfRangeException">A position does not exist, there are more entries than dimensions, or a mask has another shape. Nothing is written.</exception>
    /// <exception cref="ArgumentException">Index tensors do not broadcast, or the value does not fit.</exception>
    [IndexerName("Elements")]
    public Tensor this[params ReadOnlySpan<TensorIndex> index]
    {
        get => Index(index);
        set => SetElements(index, value);
    }

    /// <summary>The elements at an index, see <see cref="this[ReadOnlySpan{TensorIndex}]"/> (<c>Tensor.__getitem__</c>).</summary>
    public Tensor Index(params ReadOnlySpan<TensorIndex> index)
    {
        var view = Basic(index, out var advanced);
        if (advanced is not null) return view.Advanced(Positions(advanced, view));
        return ReferenceEquals(view, this) ? Alias() : view;
    }

    /// <summary>The elements at tensors of positions or masks, one per dimension from the first; null takes a whole dimension (<c>torch.ops.aten.index</c>).</summary>
    public Tensor Index(IReadOnlyList<Tensor?> indices) => Index(Entries(indices));

    private static TensorIndex[] Entries(IReadOnlyList<Tensor?> indices) => [.. indices.Select(static t => t is null ? TensorIndex.Slice() : t)];

    private void SetElements(ReadOnlySpan<TensorIndex> index, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var view = Basic(index, out var advanced);
        if (advanced is null)
        {
            view.CopyInPlace(WithoutLeadingOnes(value, view.Ndim));
            return;
        }
        int only = Array.FindIndex(advanced, static t => t is not null);
        if (value.Ndim == 0 && advanced[only] is { DType: DType.Bool or DType.UInt8, Ndim: > 0 } mask && Array.TrueForAll(advanced, t => t is null || ReferenceEquals(t, mask)))
        {
            // One mask and one value need no positions, so nothing waits for the device.
            var sizes = new long[view.Ndim - only];
            Array.Fill(sizes, 1);
            mask.Shape.Sizes.CopyTo(sizes, 0);
            view.MaskedFillInPlace(mask.Reshape(sizes), value);
            return;
        }
        view.PutAdvanced(Positions(advanced, view), value, false);
    }

    /// <summary>A copy with values written, or added, at tensors of positions or masks, one per dimension from the first (<c>torch.index_put</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">A position does not exist.</exception>
    /// <exception cref="ArgumentException">The values have another dtype or do not broadcast.</exception>
    public Tensor IndexPut(IReadOnlyList<Tensor?> indices, Tensor values, bool accumulate = false) => Clone().IndexPutInPlace(indices, values, accumulate);

    /// <summary><see cref="IndexPut"/> into this tensor (<c>index_put_</c>).</summary>
    public Tensor IndexPutInPlace(IReadOnlyList<Tensor?> indices, Tensor values, bool accumulate = false)
    {
        Basic(Entries(indices), out var advanced);
        if (advanced is null) throw OperationError.Argument("index_put", "at least one tensor of indices is needed");
        return PutAdvanced(Positions(advanced, this), values, accumulate);
    }

    /// <summary>Dimensions of size 1 in front of a value say nothing.</summary>
    private static Tensor WithoutLeadingOnes(Tensor value, int rank)
    {
        while (value.Ndim > rank && value.Shape.Sizes[0] == 1) value = value.Select(0, 0);
        return value;
    }

    /// <summary>Applies all that makes views. Tensors come back in <paramref name="advanced"/>, each at the dimension of the view where it starts; null if there are none.</summary>
    private Tensor Basic(ReadOnlySpan<TensorIndex> index, out Tensor?[]? advanced)
    {
        int consumed = 0, ellipses = 0;
        foreach (ref readonly var entry in index)
        {
            consumed += entry.Consumes;
            if (entry.Type == TensorIndex.Kind.Ellipsis && ++ellipses > 1) throw OperationError.Index("index", "an index can only have a single ellipsis ('...')");
        }
        if (consumed > Ndim) throw OperationError.Index("index", $"too many indices for tensor of dimension {Ndim}: {consumed} for {OperationError.Text(Shape)}");
        var view = this;
        List<(int Dim, Tensor Index)>? tensors = null;
        int dim = 0;
        foreach (ref readonly var entry in index)
        {
            switch (entry.Type)
            {
                case TensorIndex.Kind.Integer:
                    view = view.SelectAt(dim, entry.Number);
                    break;
                case TensorIndex.Kind.Slice:
                    if (entry.Number != 1 || entry.Start is not (null or 0) || entry.Stop is not null) view = view.Slice(dim, entry.Start, entry.Stop, entry.Number);
                    dim++;
                    break;
                case TensorIndex.Kind.NewAxis:
                    view = view.Unsqueeze(dim++);
                    break;
                case TensorIndex.Kind.Ellipsis:
                    dim += Ndim - consumed;
                    break;
                case TensorIndex.Kind.Bool:
                    view = view.Unsqueeze(dim);
                    (tensors ??= []).Add((dim++, Zeros([entry.Number], DType.Int64)));
                    break;
                default:
                    var tensor = entry.Tensor!;
                    if (tensor.DType is not (DType.Bool or DType.UInt8 or DType.Int64 or DType.Int32 or DType.Int16 or DType.Int8))
                        throw OperationError.Index("index", $"tensors used as indices must be long, int, byte or bool tensors, got {tensor.DType.Name()}");
                    if (tensor.Ndim > 0)
                    {
                        if (entry.IsMask) CheckMaskShape(tensor, view, dim);
                        (tensors ??= []).Add((dim, tensor));
                        dim += entry.Consumes;
                    }
                    else if (entry.IsMask)
                    {
                        view = view.Unsqueeze(dim);
                        (tensors ??= []).Add((dim++, tensor.Unsqueeze(0)));
                    }
                    else view = view.SelectAt(dim, tensor.Item<long>()); // a number in a tensor gives a view, as a number does
                    break;
            }
        }
        advanced = null;
        if (tensors is null) return view;
        advanced = new Tensor?[view.Ndim];
        foreach (var (at, tensor) in tensors) advanced[at] = tensor;
        return view;
    }

    private Tensor SelectAt(int dim, long position)
    {
        long size = Shape.Sizes[dim];
        if (position < -size || position >= size)
            throw OperationError.Index("index", $"index {(position == long.MaxValue ? size : position)} is out of bounds for dimension {dim} with size {size}: {OperationError.Text(Shape)}");
        return Select(dim, position);
    }

    private static void CheckMaskShape(Tensor mask, Tensor view, int dim)
    {
        for (int d = 0; d < mask.Ndim; d++)
            if (mask.Shape.Sizes[d] != view.Shape.Sizes[dim + d])
                throw OperationError.Index("index", $"the shape of the mask {OperationError.Text(mask.Shape)} at index {d} does not match the shape of the indexed tensor {OperationError.Text(view.Shape)} at index {dim + d}");
    }

    /// <summary>Masks become the positions of what is true: one vector per dimension.</summary>
    private static Tensor?[] Positions(Tensor?[] advanced, Tensor view)
    {
        var positions = new Tensor?[view.Ndim];
        for (int d = 0; d < advanced.Length; d++)
        {
            if (advanced[d] is not { } tensor) continue;
            if (tensor.DType is DType.Bool or DType.UInt8) tensor.NonzeroAsTuple().CopyTo(positions, d);
            else positions[d] = tensor.To(DType.Int64);
        }
        return positions;
    }
}
