namespace Firesteel;

public partial class Tensor
{
    // Equal, or both NaN: NaN is an extreme too.
    private static readonly Pointwise s_isExtreme = new("is_extreme",
        static (x, extreme) => Expr.Where(Expr.Eq(x, extreme), 1, Expr.Ne(x, x) * Expr.Ne(extreme, extreme)), ResultType.Bool);

    private static readonly Operation<Shape> s_max = Shared("max:1"), s_min = Shared("min:1"), s_amax = Shared("amax"), s_amin = Shared("amin");
    private static readonly Operation<(Shape Input, Shape Kept, int Dim)> s_maxAlong = Selecting("max"), s_minAlong = Selecting("min");

    /// <summary>A reduction whose gradient is shared equally by the elements that have the value of the result.</summary>
    private static Operation<Shape> Shared(string name) => new(name,
        (Save.Input0 | Save.Output0, static (in s, g) => ShareOf(s.Input(0), s.Output().Reshape(s.State), g.Reshape(s.State))));

    /// <summary>An operation with results (values, indices): values are elements of the input along a dimension.</summary>
    private static Operation<(Shape Input, Shape Kept, int Dim)> Selecting(string name) => new(name,
        (Save.Output1, static (in s, g) => g.Reshape(s.State.Kept).PlaceAt(s.State.Dim, s.Output(1).Reshape(s.State.Kept), s.State.Input)));

    private static Tensor ShareOf(Tensor input, Tensor extreme, Tensor g)
    {
        var mask = s_isExtreme.Apply(input, extreme);
        return mask.Mul(g.Div(new Tensor(mask.Reduced(ReduceOp.Sum, extreme.Shape, DType.Int64))));
    }

    /// <summary>The largest element, NaN if there is one (<c>torch.max</c>).</summary>
    /// <exception cref="ArgumentException">There are no elements.</exception>
    public Tensor Max() => ExtremeOfAll("max", s_max, ReduceOp.Max);

    /// <summary>The smallest element, NaN if there is one (<c>torch.min</c>).</summary>
    /// <exception cref="ArgumentException">There are no elements.</exception>
    public Tensor Min() => ExtremeOfAll("min", s_min, ReduceOp.Min);

    /// <summary>The largest elements along a dimension and their int64 positions, the first of equals (<c>torch.max</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">The dimension is empty or out of range.</exception>
    public (Tensor Values, Tensor Indices) Max(long dim, bool keepdim = false) => ExtremeAlong("max", s_maxAlong, true, dim, keepdim);

    /// <summary>The smallest elements along a dimension and their int64 positions, the first of equals (<c>torch.min</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">The dimension is empty or out of range.</exception>
    public (Tensor Values, Tensor Indices) Min(long dim, bool keepdim = false) => ExtremeAlong("min", s_minAlong, false, dim, keepdim);

    /// <summary>The larger of each two elements (<c>torch.max(input, other)</c>); see <see cref="Maximum"/>.</summary>
    public Tensor Max(Tensor other) => Maximum(other);

    /// <summary>The smaller of each two elements (<c>torch.min(input, other)</c>); see <see cref="Minimum"/>.</summary>
    public Tensor Min(Tensor other) => Minimum(other);

    /// <summary>The largest element along dimensions, all if none are given; equal ones share the gradient (<c>torch.amax</c>).</summary>
    /// <exception cref="ArgumentException">There are no elements to choose from.</exception>
    public Tensor Amax(ReadOnlySpan<long> dim = default, bool keepdim = false) => ExtremeOver("amax", s_amax, ReduceOp.Max, dim, keepdim);

    /// <summary>The largest element along a dimension; equal ones share the gradient (<c>torch.amax</c>).</summary>
    /// <exception cref="ArgumentException">There are no elements to choose from.</exception>
    public Tensor Amax(long dim, bool keepdim = false) => Amax([dim], keepdim);

    /// <summary>The smallest element along dimensions, all if none are given; equal ones share the gradient (<c>torch.amin</c>).</summary>
    /// <exception cref="ArgumentException">There are no elements to choose from.</exception>
    public Tensor Amin(ReadOnlySpan<long> dim = default, bool keepdim = false) => ExtremeOver("amin", s_amin, ReduceOp.Min, dim, keepdim);

    /// <summary>The smallest element along a dimension; equal ones share the gradient (<c>torch.amin</c>).</summary>
    /// <exception cref="ArgumentException">There are no elements to choose from.</exception>
    public Tensor Amin(long dim, bool keepdim = false) => Amin([dim], keepdim);

    /// <summary>The smallest and the largest element, of all or along a dimension (<c>torch.aminmax</c>).</summary>
    /// <exception cref="ArgumentException">There are no elements to choose from.</exception>
    public (Tensor Min, Tensor Max) Aminmax(long? dim = null, bool keepdim = false)
    {
        long[] dims = dim is { } d ? [d] : [];
        return (ExtremeOver("aminmax", s_amin, ReduceOp.Min, dims, keepdim), ExtremeOver("aminmax", s_amax, ReduceOp.Max, dims, keepdim));
    }

    /// <summary>The int64 position of the largest element, the first of equals: in row-major order, or along a dimension (<c>torch.argmax</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">There are no elements to choose from.</exception>
    public Tensor Argmax(long? dim = null, bool keepdim = false) => PositionOf("argmax", true, dim, keepdim);

    /// <summary>The int64 position of the smallest element, the first of equals: in row-major order, or along a dimension (<c>torch.argmin</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">There are no elements to choose from.</exception>
    public Tensor Argmin(long? dim = null, bool keepdim = false) => PositionOf("argmin", false, dim, keepdim);

    private Tensor ExtremeOfAll(string name, Operation<Shape> operation, ReduceOp op)
    {
        if (NumElements == 0) throw OperationError.Argument(name, $"expected reduction dim to be specified for input.numel() == 0, shape {OperationError.Text(Shape)}. Specify the reduction dim with the 'dim' argument");
        var (kept, shape) = ReducedShapes(name, [], false);
        return operation.Record(Reduced(op, kept, DType).With(shape), [this], kept);
    }

    private Tensor ExtremeOver(string name, Operation<Shape> operation, ReduceOp op, ReadOnlySpan<long> dim, bool keepdim)
    {
        var (kept, shape) = ReducedShapes(name, dim, keepdim);
        if (NumElements == 0)
        {
            if (dim.IsEmpty) throw OperationError.Argument(name, $"expected reduction dim to be specified for input.numel() == 0, shape {OperationError.Text(Shape)}. Specify the reduction dim with the 'dim' argument");
            foreach (long d in dim)
                if (Size((int)d) == 0) throw OperationError.Index(name, $"expected reduction dim {d} to have non-zero size, shape {OperationError.Text(Shape)}");
        }
        return operation.Record(Reduced(op, kept, DType).With(shape), [this], kept);
    }

    private (Tensor Values, Tensor Indices) ExtremeAlong(string name, Operation<(Shape, Shape, int)> operation, bool max, long dim, bool keepdim)
    {
        var (kept, shape) = ReducedShapes(name, [dim], keepdim);
        int d = OperationError.Dim(name, dim, Ndim);
        var (values, indices) = ArgReduced(name, max, d, kept);
        var results = operation.RecordMany([values.With(shape), indices.With(shape)], [this], (Shape, kept, d));
        return (results[0], results[1]);
    }

    private Tensor PositionOf(string name, bool max, long? dim, bool keepdim)
    {
        if (dim is not { } along)
        {
            if (NumElements == 0) throw OperationError.Index(name, $"expected reduction dim to be specified for input.numel() == 0, shape {OperationError.Text(Shape)}. Specify the reduction dim with the 'dim' argument");
            var shape = ReducedShapes(name, [], keepdim).Result;
            return new Tensor(Plain().Reshape(-1).ArgReduced(name, max, 0, [1]).Indices.With(shape));
        }
        var (kept, result) = ReducedShapes(name, [along], keepdim);
        return new Tensor(ArgReduced(name, max, OperationError.Dim(name, along, Ndim), kept).Indices.With(result));
    }

    private (View Values, View Indices) ArgReduced(string name, bool max, int dim, Shape kept)
    {
        if (Ndim > 0 && Shape.Sizes[dim] == 0) throw OperationError.Index(name, $"expected reduction dim {dim} to have non-zero size, shape {OperationError.Text(Shape)}");
        Shape outer = Ndim == 0 ? [1] : kept;
        View values = Allocate(outer, DType, Device), indices = Allocate(outer, DType.Int64, Device);
        Device.Run(new KernelCall(new ArgReduceKernel(max, dim), [values, indices], [Ndim == 0 ? Layout.With(outer) : Layout]));
        return (values, indices);
    }
}
