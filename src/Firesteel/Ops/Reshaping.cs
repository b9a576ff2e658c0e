namespace Firesteel;

public partial class Tensor
{
    /// <summary>Dimensions <paramref name="startDim"/> to <paramref name="endDim"/> as one; a 0-d tensor becomes a vector (<c>torch.flatten</c>).</summary>
    /// <exception cref="ArgumentException"><paramref name="startDim"/> comes after <paramref name="endDim"/>.</exception>
    public Tensor Flatten(long startDim = 0, long endDim = -1)
    {
        int from = OperationError.Dim("flatten", startDim, Ndim), to = OperationError.Dim("flatten", endDim, Ndim);
        if (from > to) throw OperationError.Argument("flatten", $"start_dim cannot come after end_dim: {startDim}, {endDim}");
        if (Ndim == 0) return Reshape(1);
        if (from == to) return this;
        long size = 1;
        for (int d = from; d <= to; d++) size *= Shape.Sizes[d];
        return Reshape([.. Shape.Sizes.AsSpan(0, from), size, .. Shape.Sizes.AsSpan(to + 1)]);
    }

    /// <summary>One dimension as several; one of their sizes may be -1 (<c>Tensor.unflatten</c>).</summary>
    /// <exception cref="ArgumentException">The sizes do not multiply to that of the dimension.</exception>
    public Tensor Unflatten(long dim, ReadOnlySpan<long> sizes)
    {
        int d = OperationError.Dim("unflatten", dim, Ndim);
        if (sizes.Length == 0) throw OperationError.Argument("unflatten", "sizes must be non-empty");
        if (Ndim == 0) throw OperationError.Argument("unflatten", "a tensor without dimensions has none to divide");
        long known = 1;
        int free = -1;
        for (int i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] != -1) known *= sizes[i];
            else if (free < 0) free = i;
            else throw OperationError.Argument("unflatten", $"only one dimension can be inferred, got {OperationError.Text(sizes)}");
        }
        long[] parts = sizes.ToArray();
        if (free >= 0 && known > 0) parts[free] = Shape.Sizes[d] / known;
        long product = 1;
        foreach (long part in parts) product *= part;
        if (product != Shape.Sizes[d])
            throw OperationError.Argument("unflatten", $"provided sizes {OperationError.Text(sizes)} don't multiply up to the size of dim {d} ({Shape.Sizes[d]}) in the input tensor {OperationError.Text(Shape)}");
        return View([.. Shape.Sizes.AsSpan(0, d), .. parts, .. Shape.Sizes.AsSpan(d + 1)]);
    }

    /// <summary>All elements as a vector (<c>torch.ravel</c>).</summary>
    public Tensor Ravel() => Contiguous().View(-1);

    /// <summary>A view with one dimension moved (<c>torch.movedim</c>).</summary>
    public Tensor Movedim(long source, long destination) => Movedim([source], [destination]);

    /// <summary>A view with dimensions moved to given places; the others keep their order (<c>torch.movedim</c>).</summary>
    /// <exception cref="ArgumentException">The lists differ in length or repeat a dimension.</exception>
    public Tensor Movedim(ReadOnlySpan<long> source, ReadOnlySpan<long> destination)
    {
        if (source.Length != destination.Length)
            throw OperationError.Argument("movedim", $"invalid source or destination dims: source ({OperationError.Text(source)} dims) should contain the same number of dims as destination ({OperationError.Text(destination)} dims)");
        int[] from = OperationError.Dims("movedim", source, Ndim), to = OperationError.Dims("movedim", destination, Ndim);
        if (Ndim == 0) return Alias();
        var order = new long[Ndim];
        Array.Fill(order, -1);
        for (int i = 0; i < to.Length; i++) order[to[i]] = from[i];
        int next = 0;
        for (int d = 0; d < order.Length; d++)
        {
            if (order[d] >= 0) continue;
            while (Array.IndexOf(from, next) >= 0) next++;
            order[d] = next++;
        }
        return Permute(order);
    }

    /// <summary>Same as <see cref="Movedim(long, long)"/> (<c>torch.moveaxis</c>).</summary>
    public Tensor Moveaxis(long source, long destination) => Movedim(source, destination);

    /// <summary>Same as <see cref="Movedim(ReadOnlySpan{long}, ReadOnlySpan{long})"/> (<c>torch.moveaxis</c>).</summary>
    public Tensor Moveaxis(ReadOnlySpan<long> source, ReadOnlySpan<long> destination) => Movedim(source, destination);

    /// <summary>Same as <see cref="Transpose"/> (<c>torch.swapaxes</c>).</summary>
    public Tensor Swapaxes(long axis0, long axis1) => Transpose(axis0, axis1);

    /// <summary>Same as <see cref="Transpose"/> (<c>torch.swapdims</c>).</summary>
    public Tensor Swapdims(long dim0, long dim1) => Transpose(dim0, dim1);

    /// <summary>A view without those of the given dimensions that have size 1 (<c>torch.squeeze</c>).</summary>
    public Tensor Squeeze(ReadOnlySpan<long> dim) => SqueezeWhere(Ndim == 0 ? [] : [.. OperationError.Dims("squeeze", dim, Ndim).Where(d => Shape.Sizes[d] == 1)], s_squeezeDim);

    /// <summary>A view of the last two dimensions exchanged (<c>Tensor.mT</c>).</summary>
    /// <exception cref="ArgumentException">One dimension.</exception>
    public Tensor MT => Ndim == 1
        ? throw OperationError.Argument("mT", "tensor.mT is only supported on matrices or batches of matrices. Got 1-D tensor")
        : Ndim == 0 ? Alias() : Transpose(-2, -1);

    /// <summary>Same as <see cref="MT"/>: there are no complex dtypes (<c>Tensor.mH</c>).</summary>
    /// <exception cref="ArgumentException">One dimension.</exception>
    public Tensor MH => MT;

    /// <summary>The matrix transposed: there are no complex dtypes (<c>Tensor.H</c>).</summary>
    /// <exception cref="ArgumentException">Neither a matrix nor a 0-d tensor.</exception>
    public Tensor H => Ndim is 0 or 2
        ? T
        : throw OperationError.Argument("H", $"tensor.H is only supported on matrices (2-D tensors). Got {Ndim}-D tensor. For batches of matrices, consider using tensor.MH");

    /// <summary>The last two dimensions exchanged: there are no complex dtypes (<c>torch.adjoint</c>).</summary>
    /// <exception cref="ArgumentException">One dimension.</exception>
    public Tensor Adjoint() => Ndim == 1
        ? throw OperationError.Argument("adjoint", "tensor.adjoint() is only supported on matrices or batches of matrices. Got 1-D tensor")
        : MT;

    /// <summary>A view with the shape of another tensor (<c>Tensor.expand_as</c>).</summary>
    /// <exception cref="ArgumentException">A size that is not 1 would change.</exception>
    public Tensor ExpandAs(Tensor other) => Expand(other.Shape);

    /// <summary>The same elements in the shape of another tensor (<c>Tensor.reshape_as</c>).</summary>
    /// <exception cref="ArgumentException">Another number of elements.</exception>
    public Tensor ReshapeAs(Tensor other) => Reshape(other.Shape);

    /// <summary>The same elements in the shape of another tensor, without a copy (<c>Tensor.view_as</c>).</summary>
    /// <exception cref="ArgumentException">Another number of elements, or strides that do not allow it.</exception>
    public Tensor ViewAs(Tensor other) => View(other.Shape);

    /// <summary>Same as <see cref="Expand"/> (<c>torch.broadcast_to</c>).</summary>
    /// <exception cref="ArgumentException">A size that is not 1 would change.</exception>
    public Tensor BroadcastTo(params ReadOnlySpan<long> size) => Expand(size);

    /// <summary>Views of all tensors in their common shape (<c>torch.broadcast_tensors</c>).</summary>
    /// <exception cref="ArgumentException">The shapes do not broadcast.</exception>
    public static Tensor[] BroadcastTensors(params IReadOnlyList<Tensor> tensors)
    {
        if (tensors.Count == 0) return [];
        var shape = tensors[0].Shape;
        for (int i = 1; i < tensors.Count; i++) shape = Broadcasting.Of("broadcast_tensors", shape, tensors[i].Shape);
        return [.. tensors.Select(t => t.Expand(shape))];
    }

    /// <summary>The shape that shapes broadcast to (<c>torch.broadcast_shapes</c>).</summary>
    /// <exception cref="ArgumentException">They do not broadcast.</exception>
    public static Shape BroadcastShapes(params IReadOnlyList<Shape> shapes)
    {
        var shape = Shape.Scalar;
        foreach (var other in shapes) shape = Broadcasting.Of("broadcast_shapes", shape, other);
        return shape;
    }

    /// <summary>Views of vectors, each repeated over all the others: with <c>"ij"</c> the i-th varies along dimension i, with <c>"xy"</c> the first two change places (<c>torch.meshgrid</c>).</summary>
    /// <exception cref="ArgumentException">No tensors, more than one dimension, dtypes that differ, or another <paramref name="indexing"/>.</exception>
    public static Tensor[] Meshgrid(IReadOnlyList<Tensor> tensors, string indexing = "ij")
    {
        if (tensors.Count == 0) throw OperationError.Argument("meshgrid", "meshgrid expects a non-empty TensorList");
        if (indexing is not ("ij" or "xy")) throw OperationError.Argument("meshgrid", $"meshgrid: indexing must be one of \"xy\" or \"ij\", but received: {indexing}");
        for (int i = 0; i < tensors.Count; i++)
        {
            if (tensors[i].Ndim > 1) throw OperationError.Argument("meshgrid", $"expected scalar or 1D tensor in the tensor list but got: {OperationError.Text(tensors[i].Shape)}");
            if (tensors[i].DType != tensors[0].DType) throw OperationError.Argument("meshgrid", "meshgrid expects all tensors to have the same dtype");
        }
        bool swap = indexing == "xy" && tensors.Count >= 2;
        int[] places = [.. Enumerable.Range(0, tensors.Count)];
        if (swap) (places[0], places[1]) = (1, 0);
        var sizes = new long[tensors.Count];
        for (int i = 0; i < sizes.Length; i++) sizes[places[i]] = tensors[i].NumElements;
        var grids = new Tensor[tensors.Count];
        for (int i = 0; i < grids.Length; i++)
        {
            var one = new long[sizes.Length];
            Array.Fill(one, 1);
            one[places[i]] = tensors[i].NumElements;
            grids[i] = tensors[i].Reshape(one).Expand(sizes);
        }
        return grids;
    }

    /// <summary>Same as <see cref="Meshgrid(IReadOnlyList{Tensor}, string)"/> with <c>"ij"</c> (<c>torch.meshgrid</c>).</summary>
    public static Tensor[] Meshgrid(params ReadOnlySpan<Tensor> tensors) => Meshgrid((IReadOnlyList<Tensor>)tensors.ToArray());

    /// <summary>The tensor; a 0-d one as a vector of one element (<c>torch.atleast_1d</c>).</summary>
    public static Tensor Atleast1d(Tensor input) => input.Ndim == 0 ? input.Reshape(1) : input;

    /// <summary>Each tensor; 0-d ones as vectors (<c>torch.atleast_1d</c>).</summary>
    public static Tensor[] Atleast1d(IReadOnlyList<Tensor> tensors) => [.. tensors.Select(Atleast1d)];

    /// <summary>The tensor with at least two dimensions; a vector as a row (<c>torch.atleast_2d</c>).</summary>
    public static Tensor Atleast2d(Tensor input) => input.Ndim switch { 0 => input.Reshape(1, 1), 1 => input.Unsqueeze(0), _ => input };

    /// <summary>Each tensor with at least two dimensions (<c>torch.atleast_2d</c>).</summary>
    public static Tensor[] Atleast2d(IReadOnlyList<Tensor> tensors) => [.. tensors.Select(Atleast2d)];

    /// <summary>The tensor with at least three dimensions: a vector becomes [1, n, 1], a matrix [m, n, 1] (<c>torch.atleast_3d</c>).</summary>
    public static Tensor Atleast3d(Tensor input) => input.Ndim switch
    {
        0 => input.Reshape(1, 1, 1),
        1 => input.Unsqueeze(0).Unsqueeze(-1),
        2 => input.Unsqueeze(-1),
        _ => input,
    };

    /// <summary>Each tensor with at least three dimensions (<c>torch.atleast_3d</c>).</summary>
    public static Tensor[] Atleast3d(IReadOnlyList<Tensor> tensors) => [.. tensors.Select(Atleast3d)];
}
