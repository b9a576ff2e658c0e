namespace Firesteel;

public partial class Tensor
{
    private static readonly Operation<int> s_indexAdd = new("index_add",
        (Save.None, static (in s, g) => g),
        (Save.None, static (in s, g) => null),
        (Save.Input1, static (in s, g) => g.IndexSelect(s.State, s.Input(1))));

    private static readonly Operation<int> s_indexCopy = new("index_copy",
        (Save.Input1, static (in s, g) => g.IndexFill(s.State, s.Input(1), 0)),
        (Save.None, static (in s, g) => null),
        (Save.Input1, static (in s, g) => g.IndexSelect(s.State, s.Input(1))));

    private static readonly Operation<int> s_indexFill = new("index_fill",
        (Save.Input1, static (in s, g) => g.IndexFill(s.State, s.Input(1), 0)),
        (Save.None, static (in s, g) => null));

    private static readonly Pointwise s_maskedFill = new("masked_fill", static (x, mask, value) => Expr.Where(mask, value, x));

    private int CheckIndexWrite(string operation, long dim, ref Tensor index, Tensor source)
    {
        int d = OperationError.Dim(operation, dim, Ndim);
        index = IndexVector(operation, index);
        if (source.DType != DType) throw OperationError.Argument(operation, $"self and source expected to have the same dtype, but got (self) {DType.Name()} and (source) {source.DType.Name()}");
        if (source.Ndim != Ndim && !(Ndim <= 1 && source.Ndim <= 1)) throw OperationError.Argument(operation, $"source and destination must have the same number of dimensions, got {OperationError.Text(source.Shape)} and {OperationError.Text(Shape)}");
        for (int k = 0; k < Math.Min(Ndim, source.Ndim); k++)
            if (k != d && source.Shape.Sizes[k] != Shape.Sizes[k])
                throw OperationError.Argument(operation, $"source/destination tensor must have same slice shapes, apart from dimension {d}: got {OperationError.Text(source.Shape)} and {OperationError.Text(Shape)}");
        long count = source.Ndim == 0 ? 1 : source.Shape.Sizes[d];
        if (count != index.NumElements) throw OperationError.Argument(operation, $"number of indices ({index.NumElements}) should be equal to source.size(dim) ({count})");
        return d;
    }

    private Tensor IndexWrite(Operation<int> operation, ScatterOp how, bool inPlace, long dim, Tensor index, Tensor source)
    {
        int d = CheckIndexWrite(operation.Name, dim, ref index, source);
        var values = Apart(source, inPlace);
        var layout = AtLeastOneDim(values.Layout);
        return Scattered(operation, inPlace, d, how, Along(Apart(index, inPlace), d, layout.Shape), layout, [this, index, values], d);
    }

    /// <summary>A copy to which slices of <paramref name="source"/>, times <paramref name="alpha"/>, are added at the positions that a vector names (<c>torch.index_add</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">A position does not exist.</exception>
    /// <exception cref="ArgumentException">Sizes or dtypes that do not fit.</exception>
    public Tensor IndexAdd(long dim, Tensor index, Tensor source, Scalar? alpha = null) =>
        IndexWrite(s_indexAdd, ScatterOp.Add, false, dim, index, Scaled(source, alpha));

    /// <summary><see cref="IndexAdd"/> into this tensor (<c>index_add_</c>).</summary>
    public Tensor IndexAddInPlace(long dim, Tensor index, Tensor source, Scalar? alpha = null) =>
        IndexWrite(s_indexAdd, ScatterOp.Add, true, dim, index, Scaled(source, alpha));

    private static Tensor Scaled(Tensor source, Scalar? alpha) => alpha is { } a && a.AsDouble != 1 ? source.Mul(a).To(source.DType) : source;

    /// <summary>A copy in which the positions that a vector names along a dimension are slices of <paramref name="source"/> (<c>torch.index_copy</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">A position does not exist.</exception>
    /// <exception cref="ArgumentException">Sizes or dtypes that do not fit.</exception>
    public Tensor IndexCopy(long dim, Tensor index, Tensor source) => IndexWrite(s_indexCopy, ScatterOp.Write, false, dim, index, source);

    /// <summary><see cref="IndexCopy"/> into this tensor (<c>index_copy_</c>).</summary>
    public Tensor IndexCopyInPlace(long dim, Tensor index, Tensor source) => IndexWrite(s_indexCopy, ScatterOp.Write, true, dim, index, source);

    /// <summary>A copy in which the positions that a vector names along a dimension have one value (<c>torch.index_fill</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">A position does not exist.</exception>
    /// <exception cref="ArgumentException">The index is no vector, or not of int32 or int64.</exception>
    public Tensor IndexFill(long dim, Tensor index, Scalar value) => FillAlong(false, dim, index, value);

    /// <summary><see cref="IndexFill(long, Tensor, Scalar)"/> into this tensor (<c>index_fill_</c>).</summary>
    public Tensor IndexFillInPlace(long dim, Tensor index, Scalar value) => FillAlong(true, dim, index, value);

    /// <summary>A copy in which the positions that a vector names along a dimension have the value of a 0-d tensor (<c>torch.index_fill</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">A position does not exist.</exception>
    /// <exception cref="ArgumentException">The value has dimensions, or the index is no vector of int32 or int64.</exception>
    public Tensor IndexFill(long dim, Tensor index, Tensor value) => IndexCopy(dim, index, Spread(dim, index, value));

    /// <summary><see cref="IndexFill(long, Tensor, Tensor)"/> into this tensor (<c>index_fill_</c>).</summary>
    public Tensor IndexFillInPlace(long dim, Tensor index, Tensor value) => IndexCopyInPlace(dim, index, Spread(dim, index, value));

    private Tensor Spread(long dim, Tensor index, Tensor value)
    {
        if (value.Ndim != 0) throw OperationError.Argument("index_fill", $"index_fill_ only supports a 0-dimensional value tensor, but got tensor with {value.Ndim} dimension(s)");
        int d = OperationError.Dim("index_fill", dim, Ndim);
        long[] sizes = Shape.ToArray();
        if (sizes.Length > 0) sizes[d] = index.NumElements;
        return value.To(DType).Expand(sizes);
    }

    private Tensor FillAlong(bool inPlace, long dim, Tensor index, Scalar value)
    {
        int d = OperationError.Dim("index_fill", dim, Ndim);
        index = IndexVector("index_fill", index);
        long[] sizes = Ndim == 0 ? [1] : Shape.ToArray();
        sizes[d] = index.NumElements;
        return Scattered(s_indexFill, inPlace, d, ScatterOp.Write, Along(Apart(index, inPlace), d, Shape.Create(sizes)), value, [this, index], d);
    }

    /// <summary>A copy with values written at positions in row-major order, or added there (<c>torch.put</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">A position does not exist.</exception>
    /// <exception cref="ArgumentException">Another number of values than of positions, or other dtypes.</exception>
    public Tensor Put(Tensor index, Tensor source, bool accumulate = false)
    {
        if (index.DType != DType.Int64) throw OperationError.Argument("put", $"expected a long tensor for index, but got {index.DType.Name()}");
        if (source.DType != DType) throw OperationError.Argument("put", $"self and source expected to have the same dtype, but got self.dtype = {DType.Name()} and source.dtype = {source.DType.Name()}");
        if (index.NumElements != source.NumElements) throw OperationError.Argument("put", $"expected source and index to have the same number of elements, but got source.numel() = {source.NumElements}, index.numel() = {index.NumElements}");
        if (NumElements == 0 && index.NumElements > 0) throw OperationError.Index("put", "tried to put elements into an empty tensor");
        var positions = s_wrapIndex.Apply(index, NumElements).Flatten();
        var flat = Flatten();
        return (accumulate ? flat.IndexAdd(0, positions, source.Flatten()) : flat.IndexCopy(0, positions, source.Flatten())).View(Shape);
    }

    /// <summary><see cref="Put"/> into this tensor (<c>put_</c>).</summary>
    public Tensor PutInPlace(Tensor index, Tensor source, bool accumulate = false) => CopyInPlace(Put(index, source, accumulate));

    /// <summary>One value where a mask, which broadcasts against this tensor, is true (<c>torch.masked_fill</c>).</summary>
    /// <exception cref="ArgumentException">The mask is not bool, the shapes do not broadcast, or the value does not fit the dtype.</exception>
    public Tensor MaskedFill(Tensor mask, Scalar value) => s_maskedFill.Apply(this, CheckMask("masked_fill", mask), ValueFor(value));

    /// <summary><see cref="MaskedFill(Tensor, Scalar)"/> into this tensor (<c>masked_fill_</c>).</summary>
    public Tensor MaskedFillInPlace(Tensor mask, Scalar value) => s_maskedFill.RunInPlace(this, CheckMask("masked_fill", mask), ValueFor(value));

    /// <summary>The value of a 0-d tensor where a mask is true (<c>torch.masked_fill</c>).</summary>
    /// <exception cref="ArgumentException">The value has dimensions, or as for a number.</exception>
    public Tensor MaskedFill(Tensor mask, Tensor value) => s_maskedFill.Apply(this, CheckMask("masked_fill", mask), ValueFor(value));

    /// <summary><see cref="MaskedFill(Tensor, Tensor)"/> into this tensor (<c>masked_fill_</c>).</summary>
    public Tensor MaskedFillInPlace(Tensor mask, Tensor value) => s_maskedFill.RunInPlace(this, CheckMask("masked_fill", mask), ValueFor(value));

    private static Tensor CheckMask(string operation, Tensor mask) => mask.DType switch
    {
        DType.Bool => mask,
        DType.UInt8 => mask.To(DType.Bool), // as masks were before there was bool
        _ => throw OperationError.Argument(operation, $"{operation} only supports boolean masks, but got mask with dtype {mask.DType.Name()}"),
    };

    private Scalar ValueFor(Scalar value)
    {
        if (DType.IsFloatingPoint()) return value;
        if (value.DType == DType.Float64 && value.AsDouble != Math.Truncate(value.AsDouble))
            throw OperationError.Argument("masked_fill", $"value {value} cannot be converted to type {DType.Name()} without overflow");
        return DType == DType.Bool ? value.AsBool : value.AsLong;
    }

    private Operand ValueFor(Tensor value)
    {
        if (value.Ndim != 0) throw OperationError.Argument("masked_fill", $"masked_fill only supports a 0-dimensional value tensor, but got tensor with {value.Ndim} dimension(s)");
        return value.To(DType);
    }

    /// <summary>A copy in which the elements where a mask is true are, in row-major order, the first of <paramref name="source"/> (<c>torch.masked_scatter</c>). Waits for the device.</summary>
    /// <exception cref="ArgumentException">The mask is not bool, the source has another dtype or too few elements.</exception>
    public Tensor MaskedScatter(Tensor mask, Tensor source)
    {
        mask = CheckMask("masked_scatter", mask);
        if (source.DType != DType) throw OperationError.Argument("masked_scatter", $"expected self and source to have same dtypes but got {DType.Name()} and {source.DType.Name()}");
        var shape = Broadcasting.Of("masked_scatter", Shape, mask.Shape);
        var positions = mask.Expand(shape).Flatten().Nonzero().Flatten();
        if (positions.NumElements > source.NumElements) throw OperationError.Argument("masked_scatter", $"number of elements of source ({source.NumElements}) < number of ones in mask ({positions.NumElements})");
        return Expand(shape).Flatten().IndexCopy(0, positions, source.Flatten().Slice(0, 0, positions.NumElements)).View(shape);
    }

    /// <summary><see cref="MaskedScatter"/> into this tensor (<c>masked_scatter_</c>).</summary>
    public Tensor MaskedScatterInPlace(Tensor mask, Tensor source) => CopyInPlace(MaskedScatter(mask, source));
}
