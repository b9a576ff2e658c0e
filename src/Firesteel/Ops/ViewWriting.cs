namespace Firesteel;

public partial class Tensor
{
    private static readonly Operation<(Shape Input, int Dim, long Size, long Step)> s_unfold = new("unfold",
        (Save.None, static (in s, g) => UnfoldBackward(g, s.State.Input, s.State.Dim, s.State.Size, s.State.Step)));

    /// <summary>A view of all windows of <paramref name="size"/> positions along a dimension, every <paramref name="step"/> positions; what is in a window becomes the last dimension (<c>Tensor.unfold</c>).</summary>
    /// <exception cref="ArgumentException">The window is larger than the dimension, or the step is not positive.</exception>
    public Tensor Unfold(long dimension, long size, long step)
    {
        int d = OperationError.Dim("unfold", dimension, Ndim);
        long available = Ndim == 0 ? 1 : Shape.Sizes[d];
        if (size < 0) throw OperationError.Argument("unfold", $"size is {size} but must be >= 0");
        if (size > available) throw OperationError.Argument("unfold", $"maximum size for tensor at dimension {d} is {available} but size is {size}");
        if (step <= 0) throw OperationError.Argument("unfold", $"step is {step} but must be > 0");
        if (Ndim == 0) return Reshape(1).Slice(0, 0, size);
        long[] sizes = [.. Shape, size], strides = [.. Layout.Strides, Layout.Strides[d]];
        sizes[d] = (available - size) / step + 1;
        strides[d] *= step;
        return s_unfold.RecordView(this, Layout.With(Shape.Create(sizes), strides, Layout.Offset), (Shape, d, size, step));
    }

    private static Tensor UnfoldBackward(Tensor g, Shape input, int dim, long size, long step)
    {
        // Windows overlap, so positions are added up: [..., window, ..., k] goes to window * step + k.
        long windows = g.Shape.Sizes[dim];
        var positions = (Arange(windows).Mul(step).Unsqueeze(1) + Arange(size)).Flatten();
        return Zeros(input, g.DType, g.Device).IndexAdd(dim, positions, g.Movedim(-1, dim + 1).Flatten(dim, dim + 1));
    }

    /// <summary>A contiguous copy of a range of positions (<c>torch.narrow_copy</c>).</summary>
    /// <exception cref="ArgumentException">The range does not lie in the dimension.</exception>
    public Tensor NarrowCopy(long dim, long start, long length) => Narrow(dim, start, length).Clone();

    /// <summary>A copy in which one position along a dimension is <paramref name="src"/> (<c>torch.select_scatter</c>).</summary>
    /// <exception cref="ArgumentException">The source has another shape than the slice.</exception>
    public Tensor SelectScatter(Tensor src, long dim, long index)
    {
        var result = Clone();
        return result.Overwrite("select_scatter", result.Select(dim, index), src);
    }

    /// <summary>A copy in which a range of positions along a dimension is <paramref name="src"/> (<c>torch.slice_scatter</c>).</summary>
    /// <exception cref="ArgumentException">The source has another shape than the slice.</exception>
    public Tensor SliceScatter(Tensor src, long dim = 0, long? start = null, long? end = null, long step = 1)
    {
        var result = Clone();
        return result.Overwrite("slice_scatter", result.Slice(dim, start, end, step), src);
    }

    /// <summary>A copy in which a diagonal is <paramref name="src"/> (<c>torch.diagonal_scatter</c>).</summary>
    /// <exception cref="ArgumentException">The source has another shape than the diagonal.</exception>
    public Tensor DiagonalScatter(Tensor src, long offset = 0, long dim1 = 0, long dim2 = 1)
    {
        var result = Clone();
        return result.Overwrite("diagonal_scatter", result.Diagonal(offset, dim1, dim2), src);
    }

    /// <summary>A copy in which what a view with these sizes and strides sees is <paramref name="src"/> (<c>torch.as_strided_scatter</c>).</summary>
    /// <exception cref="ArgumentException">The source has another shape than the view, or the view reaches outside the tensor.</exception>
    public Tensor AsStridedScatter(Tensor src, ReadOnlySpan<long> size, ReadOnlySpan<long> stride, long? storageOffset = null)
    {
        var result = Clone();
        return result.Overwrite("as_strided_scatter", result.AsStrided(size, stride, storageOffset), src);
    }

    private Tensor Overwrite(string operation, Tensor part, Tensor src)
    {
        if (src.Shape != part.Shape)
            throw OperationError.Argument(operation, $"expected src to have a size equal to the slice of self. src size = {OperationError.Text(src.Shape)}, slice size = {OperationError.Text(part.Shape)}");
        part.CopyInPlace(src);
        return this;
    }
}
