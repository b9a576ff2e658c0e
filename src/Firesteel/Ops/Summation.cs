using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Firesteel;

public partial class Tensor
{
    private static readonly Operation<(Shape Input, Shape Kept)> s_sum = new("sum",
        (Save.None, static (in s, g) => g.Reshape(s.State.Kept).Expand(s.State.Input)));
    private static readonly Operation<(Shape Input, Shape Kept)> s_sumDim = s_sum.Renamed("sum:1");

    /// <summary>The sum of all elements; integers and bool add up to int64 (<c>torch.sum</c>).</summary>
    [OverloadResolutionPriority(-1)] // a literal 0 is a dimension here, though it would convert to the enum
    public Tensor Sum(DType? dtype = null) => Sum([], false, dtype);

    /// <summary>The sum along a dimension (<c>torch.sum</c>).</summary>
    public Tensor Sum(long dim, bool keepdim = false, DType? dtype = null) => Sum([dim], keepdim, dtype);

    /// <summary>The sum along dimensions, all if none are given (<c>torch.sum</c>).</summary>
    public Tensor Sum(ReadOnlySpan<long> dim, bool keepdim = false, DType? dtype = null)
    {
        var input = dtype is { } wanted ? To(wanted) : DType.IsFloatingPoint() ? this : To(DType.Int64);
        var (kept, shape) = ReducedShapes("sum", dim, keepdim);
        return (dim.IsEmpty && !keepdim ? s_sum : s_sumDim).Record(input.Reduced(ReduceOp.Sum, kept, input.DType).With(shape), [input], (Shape, kept));
    }

    /// <summary>Sums over broadcast dimensions so that the result has a shape that broadcasts to this one (<c>Tensor.sum_to_size</c>).</summary>
    /// <exception cref="ArgumentException">The shape does not broadcast to this tensor's.</exception>
    public Tensor SumToSize(params ReadOnlySpan<long> size)
    {
        // PyTorch sums to a 0-d shape in any case, which makes an integer of a bool.
        if (size.SequenceEqual(Shape.Sizes)) return Ndim == 0 && !DType.IsFloatingPoint() ? Sum() : this;
        int added = Ndim - size.Length;
        var dims = new List<long>(Ndim);
        for (int d = 0; d < Ndim; d++)
        {
            long wanted = d < added ? 1 : size[d - added];
            if (wanted == Shape.Sizes[d] && d >= added) continue;
            if (wanted != 1 && wanted != Shape.Sizes[d]) added = -1;
            if (added < 0) break;
            dims.Add(d);
        }
        if (added < 0) throw OperationError.Argument("sum_to_size", $"size {OperationError.Text(size)} is not expandable to size {OperationError.Text(Shape)}");
        return dims.Count == 0 ? Reshape(size) : Sum(CollectionsMarshal.AsSpan(dims), true).Reshape(size);
    }

    /// <summary>The shape of a reduction with sizes 1 in place of the reduced dimensions, and the shape of its result. No dimensions mean all.</summary>
    internal (Shape Kept, Shape Result) ReducedShapes(string operation, ReadOnlySpan<long> dims, bool keepdim)
    {
        Span<long> kept = Ndim <= SmallRank ? stackalloc long[SmallRank] : new long[Ndim], rest = Ndim <= SmallRank ? stackalloc long[SmallRank] : new long[Ndim];
        Span<bool> reduced = Ndim < SmallRank ? stackalloc bool[SmallRank] : new bool[Ndim];
        reduced.Clear();
        if (dims.IsEmpty) reduced.Fill(true);
        else if (dims.Length == 1) reduced[OperationError.Dim(operation, dims[0], Ndim)] = true;
        else foreach (int d in OperationError.Dims(operation, dims, Ndim)) reduced[d] = true;
        int left = 0;
        for (int d = 0; d < Ndim; d++)
        {
            long size = Shape.Sizes[d];
            kept[d] = reduced[d] ? 1 : size;
            if (!reduced[d]) rest[left++] = size;
        }
        var keptShape = Shape.Create(kept[..Ndim]);
        return (keptShape, keepdim ? keptShape : Shape.Create(rest[..left]));
    }

    /// <summary>Shapes of fewer dimensions are worked out without an array.</summary>
    private const int SmallRank = 16;

    /// <summary>Runs a reduction kernel into new memory of the kept shape.</summary>
    internal View Reduced(ReduceOp op, Shape kept, DType dtype)
    {
        var view = Allocate(kept, dtype, Device);
        Device.Run(new KernelCall(ReduceKernel.Of(op, dtype.ComputeType()), [view], [Layout]));
        return view;
    }
}
