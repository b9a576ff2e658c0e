namespace Firesteel;

public partial class Tensor
{
    private static readonly Operation<(Shape Input, int Dim)> s_gather = new("gather",
        (Save.Input1, static (in s, g) => Zeros(s.State.Input, g.DType, g.Device).ScatterAdd(s.State.Dim, s.Input(1), g)),
        (Save.None, static (in s, g) => null));

    private static readonly Operation<(Shape Input, int Dim)> s_indexSelect = new("index_select",
        (Save.Input1, static (in s, g) => Zeros(s.State.Input, g.DType, g.Device).IndexAdd(s.State.Dim, s.Input(1), g)),
        (Save.None, static (in s, g) => null));

    /// <summary>Negative positions count from the end; one that is out of range stays as it is, for the message.</summary>
    private static readonly Pointwise s_wrapIndex = new("wrap_index", static (i, size) => Expr.Where((i < 0) * (-size <= i), i + size, i));

    /// <summary>Runs a kernel that looks at indices; what it finds wrong is reported in the name of the operation.</summary>
    private void RunOn(string operation, Kernel kernel, in View output, KernelInput first, KernelInput second)
    {
        try
        {
            Device.Run(new KernelCall(kernel, [output], [first, second]));
        }
        catch (IndexOutOfRangeException e)
        {
            throw OperationError.Index(operation, $"{e.Message}: {OperationError.Text(Shape)}");
        }
    }

    /// <summary>A 0-d view as one of one element, which is what the kernels want.</summary>
    internal static View AtLeastOneDim(in View view) => view.Shape.Length == 0 ? view.With(Shape.Create([1])) : view;

    /// <summary>The elements that an int64 tensor of positions along a dimension names; everywhere else positions are those of the index (<c>torch.gather</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">A position does not exist.</exception>
    /// <exception cref="ArgumentException">Another rank, an index that is larger in another dimension, or another dtype than int64.</exception>
    public Tensor Gather(long dim, Tensor index)
    {
        int d = OperationError.Dim("gather", dim, Ndim);
        if (index.DType != DType.Int64) throw OperationError.Argument("gather", $"expected dtype int64 for index, got {index.DType.Name()}");
        var view = Allocate(index.Shape, DType, Device);
        if (index.NumElements > 0)
        {
            if (Math.Max(index.Ndim, 1) != Math.Max(Ndim, 1)) throw OperationError.Argument("gather", $"index tensor must have the same number of dimensions as input tensor, got {OperationError.Text(index.Shape)} and {OperationError.Text(Shape)}");
            for (int k = 0; k < Math.Min(Ndim, index.Ndim); k++)
                if (k != d && index.Shape.Sizes[k] > Shape.Sizes[k])
                    throw OperationError.Argument("gather", $"size does not match at dimension {k}: expected index {OperationError.Text(index.Shape)} to be smaller than self {OperationError.Text(Shape)} apart from dimension {d}");
            RunOn("gather", new GatherKernel(d), AtLeastOneDim(view), AtLeastOneDim(Layout), AtLeastOneDim(index.Layout));
        }
        return s_gather.Record(view, [this, index], (Shape, d));
    }

    /// <summary>The positions along a dimension that a vector of integers names (<c>torch.index_select</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">A position does not exist.</exception>
    /// <exception cref="ArgumentException">The index is no vector, or not of int32 or int64.</exception>
    public Tensor IndexSelect(long dim, Tensor index)
    {
        int d = OperationError.Dim("index_select", dim, Ndim);
        index = IndexVector("index_select", index);
        var shape = Shape;
        if (Ndim > 0)
        {
            var sizes = Shape.ToArray();
            sizes[d] = index.NumElements;
            shape = Shape.Create(sizes);
        }
        else if (index.NumElements != 1) throw OperationError.Argument("index_select", $"index to scalar can have only 1 value, got {index.NumElements} value(s)");
        var view = Allocate(shape, DType, Device);
        if (Ndim > 0 && Shape.NumElements == 0 && shape.NumElements > 0) throw OperationError.Index("index_select", $"no position exists in dimension {d} of {OperationError.Text(Shape)}");
        var output = AtLeastOneDim(view);
        RunOn("index_select", new GatherKernel(d), output, AtLeastOneDim(Layout), Along(index, d, output.Shape));
        return s_indexSelect.Record(view, [this, index], (Shape, d));
    }

    /// <summary>A vector of positions seen in the given shape: it varies along one dimension and repeats along the others.</summary>
    private static View Along(Tensor index, int dim, Shape shape)
    {
        var strides = new long[shape.Length];
        strides[dim] = index.Ndim == 0 ? 1 : index.Layout.Strides[0];
        return index.Layout.With(shape, strides, index.Layout.Offset);
    }

    private static Tensor IndexVector(string operation, Tensor index)
    {
        if (index.Ndim > 1) throw OperationError.Argument(operation, $"index is supposed to be a vector, but got {OperationError.Text(index.Shape)}");
        if (index.DType is not (DType.Int64 or DType.Int32)) throw OperationError.Argument(operation, $"expected dtype int32 or int64 for index, got {index.DType.Name()}");
        return index.To(DType.Int64);
    }

    /// <summary>The elements at positions in row-major order, which may be negative; the result has the shape of the index (<c>torch.take</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">A position does not exist.</exception>
    /// <exception cref="ArgumentException">The index is not int64.</exception>
    public Tensor Take(Tensor index)
    {
        if (index.DType != DType.Int64) throw OperationError.Argument("take", $"expected a long tensor for index, but got {index.DType.Name()}");
        if (NumElements == 0 && index.NumElements > 0) throw OperationError.Index("take", "tried to take from an empty tensor");
        return Flatten().IndexSelect(0, s_wrapIndex.Apply(index, NumElements).Flatten()).View(index.Shape);
    }

    /// <summary><see cref="Gather"/> with an index that broadcasts against this tensor; without a dimension, of the flattened tensor (<c>torch.take_along_dim</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">A position does not exist.</exception>
    /// <exception cref="ArgumentException">Shapes do not broadcast, or the index is not int64.</exception>
    public Tensor TakeAlongDim(Tensor indices, long? dim = null)
    {
        if (indices.DType != DType.Int64) throw OperationError.Argument("take_along_dim", $"dtype of indices should be Long but got {indices.DType.Name()}");
        if (dim is null) return Flatten().Gather(0, indices.Flatten());
        if (Ndim != indices.Ndim) throw OperationError.Argument("take_along_dim", $"input and indices should have the same number of dimensions, but got {Ndim} dimensions for input, and {indices.Ndim} dimensions for indices");
        int d = OperationError.Dim("take_along_dim", dim.Value, Ndim);
        if (Ndim == 0) return Gather(0, indices);
        // Along the dimension the sizes are free, elsewhere they broadcast.
        long[] own = Shape.ToArray(), other = indices.Shape.ToArray();
        own[d] = other[d] = 1;
        long[] common = Broadcasting.Of("take_along_dim", Shape.Create(own), Shape.Create(other)).ToArray();
        common[d] = Shape.Sizes[d];
        var source = Expand(common);
        common[d] = indices.Shape.Sizes[d];
        return source.Gather(d, indices.Expand(common));
    }

    /// <summary>The elements where a mask, which broadcasts against this tensor, is true, as a vector (<c>torch.masked_select</c>). Waits for the device.</summary>
    /// <exception cref="ArgumentException">The mask is not bool, or the shapes do not broadcast.</exception>
    public Tensor MaskedSelect(Tensor mask)
    {
        if (mask.DType != DType.Bool) throw OperationError.Argument("masked_select", $"expected a bool tensor for mask, got {mask.DType.Name()}");
        var shape = Broadcasting.Of("masked_select", Shape, mask.Shape);
        return Expand(shape).Flatten().IndexSelect(0, mask.Expand(shape).Flatten().Nonzero().Flatten());
    }

    /// <summary>The positions of all elements that are not zero, as rows of [count, dimensions] in row-major order (<c>torch.nonzero</c>). Waits for the device.</summary>
    public Tensor Nonzero()
    {
        var dense = (DType == DType.Bool ? Detach() : Detach().Ne(0)).Contiguous();
        int rank = Ndim;
        // The shape of the result depends on the data, so the data is read here.
        var flags = dense.AsSpan<bool>();
        int count = System.MemoryExtensions.Count(flags, true);
        var rows = new long[(long)count * rank];
        var at = new long[rank];
        int next = 0;
        long last = rank == 0 ? 1 : Shape.Sizes[^1];
        for (int start = 0; start < flags.Length; start += (int)last)
        {
            var row = flags.Slice(start, (int)last);
            for (int j = row.IndexOf(true); j >= 0; )
            {
                for (int d = 0; d < rank - 1; d++) rows[next++] = at[d];
                if (rank > 0) rows[next++] = j;
                int more = row[(j + 1)..].IndexOf(true);
                j = more < 0 ? -1 : j + 1 + more;
            }
            for (int d = rank - 2; d >= 0 && ++at[d] == Shape.Sizes[d]; d--) at[d] = 0;
        }
        GC.KeepAlive(dense);
        return From(rows, [count, rank]).To(Device);
    }

    /// <summary><see cref="Nonzero"/> as one vector per dimension, which together index this tensor (<c>torch.nonzero(as_tuple=True)</c>). Waits for the device.</summary>
    public Tensor[] NonzeroAsTuple() => Ndim == 0 ? Unsqueeze(0).NonzeroAsTuple() : Nonzero().Unbind(1);

    /// <summary>Same as <see cref="Nonzero"/> (<c>torch.argwhere</c>). Waits for the device.</summary>
    public Tensor Argwhere() => Nonzero();
}
