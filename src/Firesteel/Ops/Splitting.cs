namespace Firesteel;

public partial class Tensor
{
    private static readonly Operation<(Shape Input, int Dim, int Count)> s_split = new("split",
        (Save.None, static (in s, g) => Cat(GradientsOfParts(s, s.State.Count), s.State.Dim)));

    private static readonly Operation<(Shape Input, int Dim, int Count)> s_unbind = new("unbind",
        (Save.None, static (in s, g) => Stack(GradientsOfParts(s, s.State.Count), s.State.Dim)));

    private static Tensor[] GradientsOfParts<TState>(in Saved<TState> saved, int count)
    {
        var parts = new Tensor[count];
        for (int i = 0; i < count; i++) parts[i] = saved.GradOrZeros(i);
        return parts;
    }

    /// <summary>Views of pieces of <paramref name="splitSize"/> positions along a dimension; the last may be smaller (<c>torch.split</c>).</summary>
    /// <exception cref="ArgumentException">The size is negative, or 0 for a dimension that is not empty.</exception>
    public Tensor[] Split(long splitSize, long dim = 0)
    {
        int d = SplitDim("split", dim);
        long size = Shape.Sizes[d];
        if (splitSize < 0) throw OperationError.Argument("split", $"split expects split_size be non-negative, but got split_size={splitSize}");
        if (splitSize == 0 && size != 0) throw OperationError.Argument("split", $"split_size can only be 0 if dimension size is 0, but got dimension size of {size}");
        var sizes = new long[splitSize == 0 ? 1 : Math.Max((size + splitSize - 1) / splitSize, 1)];
        for (int i = 0; i < sizes.Length; i++) sizes[i] = Math.Min(splitSize, size - i * splitSize);
        return Parts(d, sizes);
    }

    /// <summary>Views of consecutive pieces of the given sizes along a dimension (<c>torch.split</c>).</summary>
    /// <exception cref="ArgumentException">The sizes do not add up to that of the dimension.</exception>
    public Tensor[] Split(ReadOnlySpan<long> splitSizes, long dim = 0) => SplitWithSizes(splitSizes, dim);

    /// <summary>Views of consecutive pieces of the given sizes along a dimension (<c>Tensor.split_with_sizes</c>).</summary>
    /// <exception cref="ArgumentException">The sizes do not add up to that of the dimension, or one is negative.</exception>
    public Tensor[] SplitWithSizes(ReadOnlySpan<long> splitSizes, long dim = 0)
    {
        int d = SplitDim("split_with_sizes", dim);
        long sum = 0;
        foreach (long size in splitSizes)
        {
            if (size < 0) throw OperationError.Argument("split_with_sizes", $"split_with_sizes expects split_sizes have only non-negative entries, but got split_sizes={OperationError.Text(splitSizes)}");
            sum += size;
        }
        if (sum != Shape.Sizes[d])
            throw OperationError.Argument("split_with_sizes", $"split_with_sizes expects split_sizes to sum exactly to {Shape.Sizes[d]} (input tensor's size at dimension {d}), but got split_sizes={OperationError.Text(splitSizes)}");
        return Parts(d, splitSizes);
    }

    /// <summary>Views of <paramref name="chunks"/> pieces along a dimension, all of one size but the last; there may be fewer (<c>torch.chunk</c>).</summary>
    /// <exception cref="ArgumentException">The number is not positive.</exception>
    public Tensor[] Chunk(long chunks, long dim = 0)
    {
        int d = SplitDim("chunk", dim);
        if (chunks <= 0) throw OperationError.Argument("chunk", $"chunk expects `chunks` to be greater than 0, got: {chunks}");
        long size = (Shape.Sizes[d] + chunks - 1) / chunks;
        return size == 0 ? Parts(d, new long[chunks]) : Split(size, d);
    }

    /// <summary>Views of pieces along a dimension, in number <paramref name="sections"/>, of sizes that differ by at most 1 (<c>torch.tensor_split</c>).</summary>
    /// <exception cref="ArgumentException">The number is not positive.</exception>
    public Tensor[] TensorSplit(long sections, long dim = 0)
    {
        int d = SplitDim("tensor_split", dim);
        if (sections <= 0) throw OperationError.Argument("tensor_split", $"number of sections must be larger than 0, got {sections}");
        long size = Shape.Sizes[d], from = 0;
        var parts = new Tensor[sections];
        for (long i = 0; i < sections; i++)
        {
            long length = size / sections + (i < size % sections ? 1 : 0);
            parts[i] = Slice(d, from, from + length);
            from += length;
        }
        return parts;
    }

    /// <summary>Views of the pieces between the given positions along a dimension, which are clamped as in Python's slices (<c>torch.tensor_split</c>).</summary>
    public Tensor[] TensorSplit(ReadOnlySpan<long> indices, long dim = 0)
    {
        int d = SplitDim("tensor_split", dim);
        var parts = new Tensor[indices.Length + 1];
        long from = 0;
        for (int i = 0; i < indices.Length; i++)
        {
            parts[i] = Slice(d, from, indices[i]);
            from = indices[i];
        }
        parts[^1] = Slice(d, from);
        return parts;
    }

    /// <summary><see cref="TensorSplit(long, long)"/> for a 0-d tensor, <see cref="TensorSplit(ReadOnlySpan{long}, long)"/> for one of one dimension (<c>torch.tensor_split</c>). Waits for the device.</summary>
    /// <exception cref="ArgumentException">The tensor is not int64, or has more dimensions.</exception>
    public Tensor[] TensorSplit(Tensor tensorIndicesOrSections, long dim = 0)
    {
        if (tensorIndicesOrSections.DType != DType.Int64) throw OperationError.Argument("tensor_split", $"tensor_split expected tensor_indices_or_sections to have dtype of long, but got {tensorIndicesOrSections.DType.Name()}");
        if (tensorIndicesOrSections.Ndim > 1) throw OperationError.Argument("tensor_split", $"tensor_split expected tensor_indices_or_sections to be a zero-dimensional or one-dimensional tensor, but got a tensor with {tensorIndicesOrSections.Ndim} dims");
        return tensorIndicesOrSections.Ndim == 0 ? TensorSplit(tensorIndicesOrSections.Item<long>(), dim) : TensorSplit(tensorIndicesOrSections.ToArray<long>(), dim);
    }

    /// <summary>Views of all positions along a dimension, which disappears (<c>torch.unbind</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">A 0-d tensor, or no such dimension.</exception>
    public Tensor[] Unbind(long dim = 0)
    {
        if (Ndim == 0) throw OperationError.Index("unbind", "dimension specified as 0 but tensor has no dimensions");
        int d = OperationError.Dim("unbind", dim, Ndim);
        var shape = Shape.Create([.. Shape.Sizes.AsSpan(0, d), .. Shape.Sizes.AsSpan(d + 1)]);
        long[] strides = [.. Layout.Strides.AsSpan(0, d), .. Layout.Strides.AsSpan(d + 1)];
        var views = new View[Shape.Sizes[d]];
        for (int i = 0; i < views.Length; i++) views[i] = Layout.With(shape, strides, Layout.Offset + i * Layout.Strides[d]);
        return s_unbind.RecordViews(this, views, (Shape, d, views.Length));
    }

    /// <summary>Pieces along the second dimension, the only one of a vector (<c>torch.hsplit</c>).</summary>
    /// <exception cref="ArgumentException">A 0-d tensor, or the dimension cannot be divided evenly.</exception>
    public Tensor[] Hsplit(long sections) => EvenSplit("hsplit", sections, 1, Ndim == 1 ? 0 : 1);

    /// <summary>Pieces between positions along the second dimension, the only one of a vector (<c>torch.hsplit</c>).</summary>
    /// <exception cref="ArgumentException">A 0-d tensor.</exception>
    public Tensor[] Hsplit(ReadOnlySpan<long> indices)
    {
        CheckRank("hsplit", 1);
        return TensorSplit(indices, Ndim == 1 ? 0 : 1);
    }

    /// <summary>Pieces along the first dimension (<c>torch.vsplit</c>).</summary>
    /// <exception cref="ArgumentException">Less than two dimensions, or the dimension cannot be divided evenly.</exception>
    public Tensor[] Vsplit(long sections) => EvenSplit("vsplit", sections, 2, 0);

    /// <summary>Pieces between positions along the first dimension (<c>torch.vsplit</c>).</summary>
    /// <exception cref="ArgumentException">Less than two dimensions.</exception>
    public Tensor[] Vsplit(ReadOnlySpan<long> indices)
    {
        CheckRank("vsplit", 2);
        return TensorSplit(indices, 0);
    }

    /// <summary>Pieces along the third dimension (<c>torch.dsplit</c>).</summary>
    /// <exception cref="ArgumentException">Less than three dimensions, or the dimension cannot be divided evenly.</exception>
    public Tensor[] Dsplit(long sections) => EvenSplit("dsplit", sections, 3, 2);

    /// <summary>Pieces between positions along the third dimension (<c>torch.dsplit</c>).</summary>
    /// <exception cref="ArgumentException">Less than three dimensions.</exception>
    public Tensor[] Dsplit(ReadOnlySpan<long> indices)
    {
        CheckRank("dsplit", 3);
        return TensorSplit(indices, 2);
    }

    private Tensor[] EvenSplit(string operation, long sections, int rank, int dim)
    {
        CheckRank(operation, rank);
        if (sections <= 0 || Shape.Sizes[dim] % sections != 0)
            throw OperationError.Argument(operation, $"torch.{operation} attempted to split along dimension {dim}, but the size of the dimension {Shape.Sizes[dim]} is not divisible by the split_size {sections}!");
        return TensorSplit(sections, dim);
    }

    private void CheckRank(string operation, int rank)
    {
        if (Ndim < rank) throw OperationError.Argument(operation, $"torch.{operation} requires a tensor with at least {rank} dimension{(rank > 1 ? "s" : "")}, but got a tensor with {Ndim} dimensions!");
    }

    private int SplitDim(string operation, long dim)
    {
        if (Ndim == 0) throw OperationError.Argument(operation, $"{operation} expects at least a 1-dimensional tensor");
        return OperationError.Dim(operation, dim, Ndim);
    }

    private Tensor[] Parts(int dim, ReadOnlySpan<long> sizes)
    {
        var views = new View[sizes.Length];
        long from = 0;
        for (int i = 0; i < views.Length; i++)
        {
            var shape = Shape.ToArray();
            shape[dim] = sizes[i];
            views[i] = Layout.With(Shape.Create(shape), Layout.Strides, Layout.Offset + from * Layout.Strides[dim]);
            from += sizes[i];
        }
        return s_split.RecordViews(this, views, (Shape, dim, views.Length));
    }
}
