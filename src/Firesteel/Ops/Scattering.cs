namespace Firesteel;

public partial class Tensor
{
    private static readonly Operation<int> s_scatter = new("scatter",
        (Save.Input1, static (in s, g) => g.Scatter(s.State, s.Input(1), 0)),
        (Save.None, static (in s, g) => null),
        (Save.Input1, static (in s, g) => g.Gather(s.State, s.Input(1))));

    private static readonly Operation<int> s_scatterAdd = new("scatter_add",
        (Save.None, static (in s, g) => g),
        (Save.None, static (in s, g) => null),
        (Save.Input1, static (in s, g) => g.Gather(s.State, s.Input(1))));

    /// <summary>A copy of this tensor, or this tensor itself, after a scatter; with its place in the graph.</summary>
    private Tensor Scattered<TState>(Operation<TState> operation, bool inPlace, int dim, ScatterOp how, in View index, KernelInput source, ReadOnlySpan<Tensor> inputs, TState state)
    {
        if (inPlace) InPlace.Check(operation.Name, this);
        var view = inPlace ? Layout : CopyTo(DType);
        if (index.Shape.NumElements > 0) RunOn(operation.Name, new ScatterKernel(dim, how), AtLeastOneDim(view), AtLeastOneDim(index), source);
        return inPlace ? operation.RecordInPlace(this, inputs, state) : operation.Record(view, inputs, state);
    }

    /// <summary>A copy of the source of an in-place write that reads what it writes.</summary>
    private Tensor Apart(Tensor source, bool inPlace) => inPlace && ReferenceEquals(source.Layout.Storage, Layout.Storage) ? source.Clone() : source;

    private int CheckScatter(string operation, long dim, Tensor index, Tensor? src)
    {
        int d = OperationError.Dim(operation, dim, Ndim);
        if (index.DType != DType.Int64) throw OperationError.Argument(operation, $"expected dtype int64 for index, got {index.DType.Name()}");
        if (src is not null && src.DType != DType) throw OperationError.Argument(operation, $"expected self.dtype to be equal to src.dtype, got {DType.Name()} and {src.DType.Name()}");
        if (index.NumElements == 0) return d;
        if (Math.Max(index.Ndim, 1) != Math.Max(Ndim, 1)) throw OperationError.Argument(operation, $"index tensor must have the same number of dimensions as self tensor, got {OperationError.Text(index.Shape)} and {OperationError.Text(Shape)}");
        if (src is not null && Math.Max(index.Ndim, 1) != Math.Max(src.Ndim, 1)) throw OperationError.Argument(operation, $"index tensor must have the same number of dimensions as src tensor, got {OperationError.Text(index.Shape)} and {OperationError.Text(src.Shape)}");
        for (int k = 0; k < index.Ndim; k++)
        {
            bool fits = k == d || index.Shape.Sizes[k] <= (Ndim == 0 ? 1 : Shape.Sizes[k]);
            if (fits && (src is null || index.Shape.Sizes[k] <= (src.Ndim == 0 ? 1 : src.Shape.Sizes[k]))) continue;
            string also = src is null ? "" : $" and to be smaller size than src {OperationError.Text(src.Shape)}";
            throw OperationError.Argument(operation, $"expected index {OperationError.Text(index.Shape)} to be smaller than self {OperationError.Text(Shape)} apart from dimension {d}{also}");
        }
        return d;
    }

    /// <summary>The part of a source that an index of smaller sizes reads.</summary>
    private static Tensor Head(Tensor src, Shape index)
    {
        if (src.Shape == index) return src;
        if (src.Ndim != index.Length) return src.Reshape(index);
        for (int d = 0; d < index.Length; d++) if (src.Shape.Sizes[d] != index.Sizes[d]) src = src.Slice(d, 0, index.Sizes[d]);
        return src;
    }

    private Tensor ScatterOf(string name, Operation<int> operation, ScatterOp how, bool inPlace, long dim, Tensor index, Tensor src)
    {
        int d = CheckScatter(name, dim, index, src);
        if (index.NumElements == 0) return inPlace ? this : Clone();
        var source = Apart(Head(src, index.Shape), inPlace);
        return Scattered(operation, inPlace, d, how, Apart(index, inPlace).Layout, AtLeastOneDim(source.Layout), [this, index, source], d);
    }

    /// <summary>A copy in which the elements that an int64 tensor of positions along a dimension names have the values of <paramref name="src"/> (<c>torch.scatter</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">A position does not exist.</exception>
    /// <exception cref="ArgumentException">Other ranks or dtypes, or an index that is larger than the tensors.</exception>
    public Tensor Scatter(long dim, Tensor index, Tensor src) => ScatterOf("scatter", s_scatter, ScatterOp.Write, false, dim, index, src);

    /// <summary><see cref="Scatter(long, Tensor, Tensor)"/> into this tensor (<c>scatter_</c>).</summary>
    public Tensor ScatterInPlace(long dim, Tensor index, Tensor src) => ScatterOf("scatter", s_scatter, ScatterOp.Write, true, dim, index, src);

    /// <summary>A copy in which the elements that an int64 tensor of positions along a dimension names have one value (<c>torch.scatter</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">A position does not exist.</exception>
    /// <exception cref="ArgumentException">Another rank, dtype, or an index that is larger than the tensor.</exception>
    public Tensor Scatter(long dim, Tensor index, Scalar value) => ScatterValue(false, dim, index, value);

    /// <summary><see cref="Scatter(long, Tensor, Scalar)"/> into this tensor (<c>scatter_</c>).</summary>
    public Tensor ScatterInPlace(long dim, Tensor index, Scalar value) => ScatterValue(true, dim, index, value);

    private Tensor ScatterValue(bool inPlace, long dim, Tensor index, Scalar value)
    {
        int d = CheckScatter("scatter", dim, index, null);
        return Scattered(s_scatterValue, inPlace, d, ScatterOp.Write, Apart(index, inPlace).Layout, value, [this, index], d);
    }

    private static readonly Operation<int> s_scatterValue = new("scatter:1",
        (Save.Input1, static (in s, g) => g.Scatter(s.State, s.Input(1), 0)),
        (Save.None, static (in s, g) => null));

    /// <summary><see cref="Scatter(long, Tensor, Tensor)"/> that adds (<c>"add"</c>) or multiplies (<c>"multiply"</c>) instead of replacing (<c>torch.scatter</c>).</summary>
    /// <exception cref="ArgumentException">Another name for the reduction, or as there.</exception>
    public Tensor Scatter(long dim, Tensor index, Tensor src, string reduce) => reduce switch
    {
        "add" => ScatterAdd(dim, index, src),
        "multiply" => ScatterReduce(dim, index, src, "prod"),
        _ => throw UnknownScatter(reduce),
    };

    /// <summary><see cref="Scatter(long, Tensor, Scalar)"/> that adds (<c>"add"</c>) or multiplies (<c>"multiply"</c>) instead of replacing (<c>torch.scatter</c>).</summary>
    /// <exception cref="ArgumentException">Another name for the reduction, or as there.</exception>
    public Tensor Scatter(long dim, Tensor index, Scalar value, string reduce) => Scatter(dim, index, Full(index.Shape, value, DType, Device), reduce);

    /// <summary><see cref="Scatter(long, Tensor, Tensor, string)"/> into this tensor (<c>scatter_</c>).</summary>
    public Tensor ScatterInPlace(long dim, Tensor index, Tensor src, string reduce) => reduce switch
    {
        "add" => ScatterAddInPlace(dim, index, src),
        "multiply" => ScatterReduceInPlace(dim, index, src, "prod"),
        _ => throw UnknownScatter(reduce),
    };

    /// <summary><see cref="Scatter(long, Tensor, Scalar, string)"/> into this tensor (<c>scatter_</c>).</summary>
    public Tensor ScatterInPlace(long dim, Tensor index, Scalar value, string reduce) => ScatterInPlace(dim, index, Full(index.Shape, value, DType, Device), reduce);

    private static ArgumentException UnknownScatter(string reduce) => OperationError.Argument("scatter", $"reduce argument must be either add or multiply, got '{reduce}'");

    /// <summary>A copy to which the values of <paramref name="src"/> are added at the positions that an int64 tensor names along a dimension (<c>torch.scatter_add</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">A position does not exist.</exception>
    /// <exception cref="ArgumentException">Other ranks or dtypes, or an index that is larger than the tensors.</exception>
    public Tensor ScatterAdd(long dim, Tensor index, Tensor src) => ScatterOf("scatter_add", s_scatterAdd, ScatterOp.Add, false, dim, index, src);

    /// <summary><see cref="ScatterAdd"/> into this tensor (<c>scatter_add_</c>).</summary>
    public Tensor ScatterAddInPlace(long dim, Tensor index, Tensor src) => ScatterOf("scatter_add", s_scatterAdd, ScatterOp.Add, true, dim, index, src);
}
