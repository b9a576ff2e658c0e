using System.Runtime.CompilerServices;

namespace Firesteel;

public partial class Tensor
{
    private static readonly Operation<(Shape Input, Shape Kept, double Count)> s_mean = new("mean",
        (Save.None, static (in s, g) => g.Reshape(s.State.Kept).Expand(s.State.Input).Div(s.State.Count)));
    private static readonly Operation<(Shape Input, Shape Kept, double Count)> s_meanDim = s_mean.Renamed("mean:1");

    // The condition has no gradient and chooses a finite number, so NaN does not reach the gradient.
    private static readonly Pointwise s_nanToZero = new("nan_to_zero", static x => Expr.Where(Expr.Eq(x, x), x, 0), null, ResultType.Promoted);

    /// <summary>The mean of all elements (<c>torch.mean</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    [OverloadResolutionPriority(-1)] // a literal 0 is a dimension here, though it would convert to the enum
    public Tensor Mean(DType? dtype = null) => Mean([], false, dtype);

    /// <summary>The mean along a dimension (<c>torch.mean</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    public Tensor Mean(long dim, bool keepdim = false, DType? dtype = null) => Mean([dim], keepdim, dtype);

    /// <summary>The mean along dimensions, all if none are given (<c>torch.mean</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    public Tensor Mean(ReadOnlySpan<long> dim, bool keepdim = false, DType? dtype = null)
    {
        var input = dtype is { } wanted ? To(wanted) : this;
        if (!input.DType.IsFloatingPoint())
            throw OperationError.NotSupported("mean", $"could not infer output dtype. Input dtype must be a floating point dtype. Got: {input.DType.Name()}; pass dtype: DType.Float32");
        var (kept, shape) = ReducedShapes("mean", dim, keepdim);
        double count = ReducedCount(kept);
        var sum = new Tensor(input.Reduced(ReduceOp.Sum, kept, WideType(input.DType)));
        return (dim.IsEmpty && !keepdim ? s_mean : s_meanDim).Record(sum.DivInPlace(count).To(input.DType).Layout.With(shape), [input], (Shape, kept, count));
    }

    /// <summary>The sum without NaN (<c>torch.nansum</c>).</summary>
    [OverloadResolutionPriority(-1)] // as in Sum
    public Tensor Nansum(DType? dtype = null) => Nansum([], false, dtype);

    /// <summary>The sum along a dimension without NaN (<c>torch.nansum</c>).</summary>
    public Tensor Nansum(long dim, bool keepdim = false, DType? dtype = null) => Nansum([dim], keepdim, dtype);

    /// <summary>The sum along dimensions, all if none are given, without NaN (<c>torch.nansum</c>).</summary>
    public Tensor Nansum(ReadOnlySpan<long> dim, bool keepdim = false, DType? dtype = null) =>
        DType.IsFloatingPoint() ? s_nanToZero.Apply(this).Sum(dim, keepdim, dtype) : Sum(dim, keepdim, dtype);

    /// <summary>The mean of the elements that are not NaN (<c>torch.nanmean</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    [OverloadResolutionPriority(-1)] // as in Sum
    public Tensor Nanmean(DType? dtype = null) => Nanmean([], false, dtype);

    /// <summary>The mean along a dimension of the elements that are not NaN (<c>torch.nanmean</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    public Tensor Nanmean(long dim, bool keepdim = false, DType? dtype = null) => Nanmean([dim], keepdim, dtype);

    /// <summary>The mean along dimensions, all if none are given, of the elements that are not NaN (<c>torch.nanmean</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    public Tensor Nanmean(ReadOnlySpan<long> dim, bool keepdim = false, DType? dtype = null)
    {
        if (!DType.IsFloatingPoint()) throw OperationError.NotSupported("nanmean", $"expected input to have floating point dtype but got {DType.Name()}");
        return Nansum(dim, keepdim, dtype).Div(Plain().Eq(Plain()).Sum(dim, keepdim));
    }

    /// <summary>The number of elements along dimensions, all if none are given, that are not zero; int64 (<c>torch.count_nonzero</c>).</summary>
    public Tensor CountNonzero(ReadOnlySpan<long> dim = default) => Plain().To(DType.Bool).Sum(dim);

    /// <summary>The number of elements along a dimension that are not zero; int64 (<c>torch.count_nonzero</c>).</summary>
    public Tensor CountNonzero(long dim) => CountNonzero([dim]);

    /// <summary>The number of elements that fold into one result of a reduction to <paramref name="kept"/>.</summary>
    private long ReducedCount(Shape kept)
    {
        long count = 1;
        for (int d = 0; d < kept.Length; d++) if (kept.Sizes[d] == 1) count *= Shape.Sizes[d];
        return count;
    }

    /// <summary>The dtype of intermediate results: float32 for the types of 16 bits.</summary>
    private static DType WideType(DType dtype) => dtype is DType.Float16 or DType.BFloat16 ? DType.Float32 : dtype;
}
