using System.Runtime.CompilerServices;

namespace Firesteel;

public partial class Tensor
{
    private static readonly Operation<Shape> s_view = new("view", (Save.None, static (in s, g) => g.Reshape(s.State)));
    private static readonly Operation<Shape> s_expand = new("expand", (Save.None, static (in s, g) => g.SumToSize(s.State)));
    private static readonly Operation<int[]> s_permute = new("permute", (Save.None, static (in s, g) => g.Permute(Inverse(s.State))));
    private static readonly Operation<(int, int)> s_transpose = new("transpose", (Save.None, static (in s, g) => g.Transpose(s.State.Item1, s.State.Item2)));
    private static readonly Operation<int> s_unsqueeze = new("unsqueeze", (Save.None, static (in s, g) => g.Squeeze(s.State)));
    private static readonly Operation<Shape> s_squeeze = new("squeeze", (Save.None, static (in s, g) => g.Reshape(s.State)));
    private static readonly Operation<Shape> s_squeezeDim = s_squeeze.Renamed("squeeze:1");
    private static readonly Operation<(Shape Input, int Dim, long Start, long Step)> s_slice = new("slice",
        (Save.None, static (in s, g) => SliceBackward(g, s.State.Input, s.State.Dim, s.State.Start, s.State.Step)));
    private static readonly Operation<(Shape Input, int Dim, long Index)> s_select = new("select",
        (Save.None, static (in s, g) => SliceBackward(g.Unsqueeze(s.State.Dim), s.State.Input, s.State.Dim, s.State.Index, 1)));
    private static readonly Operation<(int Dim, long Start, long Step, long Length)> s_sliceBackward = new("slice_backward",
        (Save.None, static (in s, g) => g.Slice(s.State.Dim, s.State.Start, s.State.Start + (s.State.Length - 1) * s.State.Step + 1, s.State.Step)));

    /// <summary>The same elements in another shape, without a copy; one size may be -1 (<c>Tensor.view</c>).</summary>
    /// <exception cref="ArgumentException">Another number of elements, or strides that do not allow it; then use <see cref="Reshape"/>.</exception>
    public Tensor View(params ReadOnlySpan<long> shape)
    {
        var wanted = InferShape("view", shape);
        if (StridesFor(wanted) is not { } strides)
            throw OperationError.Argument("view", $"view size {OperationError.Text(wanted)} is not compatible with the size {OperationError.Text(Shape)} and strides {OperationError.Text(Layout.Strides)} of the input tensor (at least one dimension spans across two contiguous subspaces). Use Reshape(...) instead");
        return s_view.RecordView(this, Layout.With(wanted, strides, Layout.Offset), Shape);
    }

    /// <summary>
    /// The same bytes as elements of another type, without a copy (<c>Tensor.view(dtype)</c>). Elements of another size change the last size: smaller ones are more, and of larger
    /// ones each takes several. Not differentiable.
    /// </summary>
    /// <exception cref="ArgumentException">For elements of another size: a 0-d tensor, a last dimension whose elements do not follow one another, or for larger ones a size, offset or stride that they do not divide.</exception>
    [OverloadResolutionPriority(-1)] // View(0) is a shape
    public Tensor View(DType dtype)
    {
        int from = DType.ItemSize(), to = dtype.ItemSize(), last = Ndim - 1;
        var sizes = Shape.ToArray();
        long[] strides = [.. Layout.Strides];
        long offset = Layout.Offset;
        if (from != to)
        {
            if (Ndim == 0) throw Refusal("self.dim() cannot be 0");
            if (strides[last] != 1) throw Refusal("self.stride(-1) must be 1", strides[last]);
            int factor = to > from ? to / from : from / to;
            sizes[last] = Scaled("self.size(-1)", sizes[last], factor);
            offset = Scaled("self.storage_offset()", offset, factor);
            for (int d = 0; d < last; d++) strides[d] = Scaled($"self.stride({d})", strides[d], factor);
        }
        var result = Detach();
        result.Layout = new View(Layout.Storage, offset, new Shape(sizes), strides, dtype);
        return result;

        long Scaled(string what, long value, int factor) =>
            to < from ? value * factor : value % factor == 0 ? value / factor : throw Refusal($"{what} must be divisible by {factor}", value);

        ArgumentException Refusal(string what, long? value = null) => OperationError.Argument("view",
            $"{what} to view {DType.Name()} as {dtype.Name()} (different element sizes){(value is null ? "" : $", but got {value}")}: the tensor is {OperationError.Text(Shape)} with strides {OperationError.Text(Layout.Strides)} and offset {Layout.Offset}");
    }

    /// <summary>The same elements in another shape: a view if the strides allow it, else a copy; one size may be -1 (<c>torch.reshape</c>).</summary>
    /// <exception cref="ArgumentException">Another number of elements.</exception>
    public Tensor Reshape(params ReadOnlySpan<long> shape)
    {
        var wanted = InferShape("reshape", shape);
        if (wanted == Shape) return this;
        return StridesFor(wanted) is { } strides
            ? s_view.RecordView(this, Layout.With(wanted, strides, Layout.Offset), Shape)
            : Clone().Reshape(wanted);
    }

    /// <summary>A view in which dimensions of size 1 repeat, and new ones stand in front; -1 keeps a size (<c>Tensor.expand</c>).</summary>
    /// <exception cref="ArgumentException">A size that is not 1 would change.</exception>
    public Tensor Expand(params ReadOnlySpan<long> size)
    {
        int added = size.Length - Ndim;
        if (added < 0) throw OperationError.Argument("expand", $"the number of sizes provided {OperationError.Text(size)} must be greater or equal to the number of dimensions in the tensor {OperationError.Text(Shape)}");
        var sizes = new long[size.Length];
        var strides = new long[size.Length];
        for (int d = 0; d < sizes.Length; d++)
        {
            long own = d < added ? 1 : Shape.Sizes[d - added];
            if (size[d] == -1 && d < added) throw OperationError.Argument("expand", $"the expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension {d}");
            sizes[d] = size[d] == -1 ? own : size[d];
            if (sizes[d] != own && own != 1)
                throw OperationError.Argument("expand", $"the expanded size of the tensor ({sizes[d]}) must match the existing size ({own}) at non-singleton dimension {d}. Target sizes: {OperationError.Text(size)}. Tensor sizes: {OperationError.Text(Shape)}");
            strides[d] = d < added || own != sizes[d] ? 0 : Layout.Strides[d - added];
        }
        return s_expand.RecordView(this, Layout.With(Shape.Create(sizes), strides, Layout.Offset), Shape);
    }

    /// <summary>A view with its dimensions in another order (<c>torch.permute</c>).</summary>
    public Tensor Permute(params ReadOnlySpan<long> dims)
    {
        if (dims.Length != Ndim) throw OperationError.Argument("permute", $"number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = {Ndim} is not equal to len(dims) = {dims.Length}");
        int[] order = OperationError.Dims("permute", dims, Ndim);
        var sizes = Array.ConvertAll(order, d => Shape.Sizes[d]);
        var strides = Array.ConvertAll(order, d => Layout.Strides[d]);
        return s_permute.RecordView(this, Layout.With(Shape.Create(sizes), strides, Layout.Offset), order);
    }

    /// <summary>A view with two dimensions exchanged (<c>torch.transpose</c>).</summary>
    public Tensor Transpose(long dim0, long dim1)
    {
        int a = OperationError.Dim("transpose", dim0, Ndim), b = OperationError.Dim("transpose", dim1, Ndim);
        if (Ndim == 0) return Alias();
        if (a + b == 2 * Ndim - 3 && a != b) return s_transpose.RecordView(this, Layout.Transposed, (a, b)); // the last two
        var sizes = Shape.ToArray();
        long[] strides = [.. Layout.Strides];
        (sizes[a], sizes[b]) = (sizes[b], sizes[a]);
        (strides[a], strides[b]) = (strides[b], strides[a]);
        return s_transpose.RecordView(this, Layout.With(Shape.Create(sizes), strides, Layout.Offset), (a, b));
    }

    /// <summary>The matrix transposed; for other ranks the dimensions reversed (<c>Tensor.T</c>).</summary>
    public Tensor T
    {
        get
        {
            if (Ndim == 2) return Permute(1, 0);
            var order = new long[Ndim];
            for (int d = 0; d < order.Length; d++) order[d] = order.Length - 1 - d;
            return Permute(order);
        }
    }

    /// <summary>A view with a new dimension of size 1 (<c>torch.unsqueeze</c>).</summary>
    public Tensor Unsqueeze(long dim)
    {
        int at = OperationError.Dim("unsqueeze", dim, Ndim + 1);
        long stride = at < Ndim ? Shape.Sizes[at] * Layout.Strides[at] : 1;
        long[] sizes = [.. Shape.Sizes.AsSpan(0, at), 1, .. Shape.Sizes.AsSpan(at)];
        long[] strides = [.. Layout.Strides.AsSpan(0, at), stride, .. Layout.Strides.AsSpan(at)];
        return s_unsqueeze.RecordView(this, Layout.With(Shape.Create(sizes), strides, Layout.Offset), at);
    }

    /// <summary>A view without dimensions of size 1 (<c>torch.squeeze</c>).</summary>
    public Tensor Squeeze() => SqueezeWhere(Enumerable.Range(0, Ndim).Where(d => Shape.Sizes[d] == 1).ToArray(), s_squeeze);

    /// <summary>A view without one dimension, if that has size 1 (<c>torch.squeeze</c>).</summary>
    public Tensor Squeeze(long dim)
    {
        int d = OperationError.Dim("squeeze", dim, Ndim);
        return SqueezeWhere(Ndim > 0 && Shape.Sizes[d] == 1 ? [d] : [], s_squeezeDim);
    }

    private Tensor SqueezeWhere(int[] gone, Operation<Shape> operation)
    {
        int[] kept = [.. Enumerable.Range(0, Ndim).Except(gone)];
        var sizes = Array.ConvertAll(kept, d => Shape.Sizes[d]);
        var strides = Array.ConvertAll(kept, d => Layout.Strides[d]);
        return operation.RecordView(this, Layout.With(Shape.Create(sizes), strides, Layout.Offset), Shape);
    }

    /// <summary>A view of one position along a dimension, which disappears (<c>torch.select</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">No such position.</exception>
    public Tensor Select(long dim, long index)
    {
        if (Ndim == 0) throw OperationError.Index("select", "select() cannot be applied to a 0-dim tensor");
        int d = OperationError.Dim("select", dim, Ndim);
        long size = Shape.Sizes[d];
        if (index < -size || index >= size) throw OperationError.Index("select", $"index {index} out of range for tensor of size {OperationError.Text(Shape)} at dimension {d}");
        if (index < 0) index += size;
        long[] sizes = [.. Shape.Sizes.AsSpan(0, d), .. Shape.Sizes.AsSpan(d + 1)];
        long[] strides = [.. Layout.Strides.AsSpan(0, d), .. Layout.Strides.AsSpan(d + 1)];
        return s_select.RecordView(this, Layout.With(Shape.Create(sizes), strides, Layout.Offset + index * Layout.Strides[d]), (Shape, d, index));
    }

    /// <summary>A view of a range of positions, as Python's <c>x[start:end:step]</c> along a dimension: bounds are clamped, negative ones count from the end.</summary>
    /// <exception cref="ArgumentException">The step is not positive.</exception>
    public Tensor Slice(long dim = 0, long? start = null, long? end = null, long step = 1)
    {
        if (Ndim == 0) throw OperationError.Index("slice", "slice() cannot be applied to a 0-dim tensor");
        int d = OperationError.Dim("slice", dim, Ndim);
        if (step <= 0) throw OperationError.Argument("slice", $"slice step must be positive, got {step}; Flip reverses");
        long size = Shape.Sizes[d];
        long from = Math.Clamp(start is < 0 ? start.Value + size : start ?? 0, 0, size);
        long to = Math.Clamp(end is < 0 ? end.Value + size : end ?? size, from, size);
        var sizes = Shape.ToArray();
        long[] strides = [.. Layout.Strides];
        sizes[d] = (to - from + step - 1) / step;
        strides[d] *= step;
        return s_slice.RecordView(this, Layout.With(Shape.Create(sizes), strides, Layout.Offset + from * Layout.Strides[d]), (Shape, d, from, step));
    }

    /// <summary>A view of <paramref name="length"/> positions from <paramref name="start"/> (<c>torch.narrow</c>).</summary>
    /// <exception cref="ArgumentException">The range does not lie in the dimension.</exception>
    public Tensor Narrow(long dim, long start, long length)
    {
        if (Ndim == 0) throw OperationError.Argument("narrow", "narrow() cannot be applied to a 0-dim tensor");
        int d = OperationError.Dim("narrow", dim, Ndim);
        long size = Shape.Sizes[d];
        if (length < 0) throw OperationError.Argument("narrow", $"length must be non-negative, got {length}");
        if (start < -size || start > size) throw OperationError.Index("narrow", $"start out of range (expected to be in range of [{-size}, {size}], but got {start})");
        if (start < 0) start += size;
        if (start + length > size) throw OperationError.Argument("narrow", $"start ({start}) + length ({length}) exceeds dimension size ({size})");
        return Slice(d, start, start + length);
    }

    /// <summary>A view with any sizes and strides over the storage (<c>torch.as_strided</c>).</summary>
    /// <exception cref="ArgumentException">It would reach outside the storage.</exception>
    public Tensor AsStrided(ReadOnlySpan<long> size, ReadOnlySpan<long> stride, long? storageOffset = null)
    {
        if (size.Length != stride.Length) throw OperationError.Argument("as_strided", $"mismatch in length of strides {OperationError.Text(stride)} and shape {OperationError.Text(size)}");
        foreach (long s in stride) if (s < 0) throw OperationError.Argument("as_strided", $"negative strides are not supported, got {OperationError.Text(stride)}");
        long offset = storageOffset ?? Layout.Offset;
        if (offset < 0) throw OperationError.Argument("as_strided", $"storage_offset must be non-negative, got {offset}");
        var view = Layout.With(Shape.Create(size), stride.ToArray(), offset);
        if ((view.Extent().Last + 1) * DType.ItemSize() > Layout.Storage.ByteCount)
            throw OperationError.Argument("as_strided", $"size {OperationError.Text(size)} with strides {OperationError.Text(stride)} and offset {offset} reaches outside the storage of {Layout.Storage.ByteCount} bytes");
        return StridedGradient.AsStrided(this, view);
    }

    /// <summary>A view of all of this tensor (<c>Tensor.alias</c>).</summary>
    internal Tensor Alias() => s_view.RecordView(this, Layout, Shape);

    private static long[] Inverse(int[] order)
    {
        var inverse = new long[order.Length];
        for (int i = 0; i < order.Length; i++) inverse[order[i]] = i;
        return inverse;
    }

    /// <summary>Zeros of a shape with <paramref name="g"/> in a slice.</summary>
    private static Tensor SliceBackward(Tensor g, Shape input, int dim, long start, long step)
    {
        var result = Zeros(input, dtype: g.DType, device: g.Device);
        long[] strides = [.. result.Layout.Strides];
        long offset = start * strides[dim];
        strides[dim] *= step;
        var slice = result.Layout.With(g.Shape, strides, offset);
        g.Device.Run(new KernelCall(CopyKernel(g.DType), [slice], [g.Layout]));
        return s_sliceBackward.Record(result.Layout, [g], (dim, start, step, g.Shape.Sizes[dim]));
    }

    /// <summary>Replaces a -1 by the size that fits.</summary>
    private Shape InferShape(string operation, ReadOnlySpan<long> shape)
    {
        long known = 1;
        int free = -1;
        for (int d = 0; d < shape.Length; d++)
        {
            if (shape[d] == -1)
            {
                if (free >= 0) throw OperationError.Argument(operation, $"only one dimension can be inferred, got {OperationError.Text(shape)}");
                free = d;
            }
            else if (shape[d] < 0) throw OperationError.Argument(operation, $"invalid shape dimension {shape[d]} in {OperationError.Text(shape)}");
            else known *= shape[d];
        }
        if (free >= 0)
        {
            if (known == 0) throw OperationError.Argument(operation, $"cannot reshape tensor of {NumElements} elements into shape {OperationError.Text(shape)} because the unspecified dimension size -1 can be any value and is ambiguous");
            if (NumElements % known == 0)
            {
                long[] sizes = shape.ToArray();
                sizes[free] = NumElements / known;
                return Shape.Create(sizes);
            }
        }
        else if (known == NumElements) return shape.SequenceEqual(Shape.Sizes) ? Shape : Shape.Create(shape);
        throw OperationError.Argument(operation, $"shape '{OperationError.Text(shape)}' is invalid for input of size {NumElements} {OperationError.Text(Shape)}");
    }

    /// <summary>Strides that show the elements in another shape in the same order; null if only a copy can.</summary>
    private long[]? StridesFor(Shape wanted)
    {
        if (Layout.IsContiguous) return wanted.ContiguousStrides;
        if (NumElements == 0) return wanted.ContiguousStrides;
        var result = new long[wanted.Length];
        int to = wanted.Length - 1;
        long block = 1, blockStride = Layout.Strides.Length > 0 ? Layout.Strides[^1] : 1, filled = 1;
        for (int d = Ndim - 1; d >= 0; d--)
        {
            block *= Shape.Sizes[d];
            // A block of dimensions ends where the next one to the left does not continue it.
            if (d > 0 && (Shape.Sizes[d - 1] == 1 || Layout.Strides[d - 1] == block * blockStride)) continue;
            while (to >= 0 && (filled < block || wanted.Sizes[to] == 1))
            {
                result[to] = filled * blockStride;
                filled *= wanted.Sizes[to--];
            }
            if (filled != block) return null;
            if (d > 0)
            {
                blockStride = Layout.Strides[d - 1];
                block = filled = 1;
            }
        }
        return to == -1 ? result : null;
    }
}
