using System.Runtime.CompilerServices;

namespace Firesteel;

public partial class Tensor
{
    private static readonly Operation<(Shape Kept, int? Dim)> s_prod = new("prod",
        (Save.Input0, static (in s, g) => s.State.Dim is { } dim
            ? g.Reshape(s.State.Kept).Mul(s.Input(0).ProductOfOthers(dim))
            : g.Mul(s.Input(0).Reshape(-1).ProductOfOthers(0).Reshape(s.Input(0).Shape))));
    private static readonly Operation<(Shape Kept, int? Dim)> s_prodDim = s_prod.Renamed("prod:1");

    /// <summary>The product of all elements; integers and bool multiply to int64 (<c>torch.prod</c>).</summary>
    [OverloadResolutionPriority(-1)] // a literal 0 is a dimension here, though it would convert to the enum
    public Tensor Prod(DType? dtype = null)
    {
        var input = ProdInput(dtype);
        var (kept, shape) = ReducedShapes("prod", [], false);
        return s_prod.Record(input.Reduced(ReduceOp.Prod, kept, input.DType).With(shape), [input], (kept, null));
    }

    /// <summary>The product along a dimension (<c>torch.prod</c>).</summary>
    public Tensor Prod(long dim, bool keepdim = false, DType? dtype = null)
    {
        var input = ProdInput(dtype);
        int d = OperationError.Dim("prod", dim, Ndim);
        var (kept, shape) = ReducedShapes("prod", [dim], keepdim);
        return s_prodDim.Record(input.Reduced(ReduceOp.Prod, kept, input.DType).With(shape), [input], (kept, Ndim == 0 ? null : d));
    }

    private Tensor ProdInput(DType? dtype) => dtype is { } wanted ? To(wanted) : DType.IsFloatingPoint() ? this : To(DType.Int64);

    /// <summary>
    /// At every position along a dimension the product of all other elements. Products of pairs, then what multiplies each pair, then each
    /// element: no division, so zeros are no special case, at any order of differentiation; linear work.
    /// </summary>
    internal Tensor ProductOfOthers(int dim)
    {
        long n = Shape.Sizes[dim];
        if (n <= 1) return OnesLike(this);
        var even = n % 2 == 0 ? this : PadAlong(dim, 0, 1, 1);
        Tensor first = even.Slice(dim, 0, null, 2), second = even.Slice(dim, 1, null, 2);
        var outside = first.Mul(second).ProductOfOthers(dim);
        var result = SliceBackward(second.Mul(outside), even.Shape, dim, 0, 2).Add(SliceBackward(first.Mul(outside), even.Shape, dim, 1, 2));
        return n % 2 == 0 ? result : result.Slice(dim, 0, n);
    }
}
