namespace Firesteel;

/// <summary>
/// Reductions, scans and normalisations of the elements where a mask of bool, which broadcasts, is true; without a mask of all (<c>torch.masked</c>).
/// Where everything is masked out the result is what makes no difference to the operation (0 to a sum), and NaN where there is no such value.
/// </summary>
public static class Masked
{
    private static readonly Pointwise s_logAddExp = new("logaddexp", static (a, b) =>
        Expr.Where(Expr.Eq(a, b), a + Math.Log(2), Expr.Max(a, b) + Expr.Log1p(Expr.Exp(-Expr.Abs(a - b)))));

    /// <summary>The sum (<c>torch.masked.sum</c>).</summary>
    public static Tensor Sum(Tensor input, ReadOnlySpan<long> dim = default, bool keepdim = false, DType? dtype = null, Tensor? mask = null) =>
        With(input, mask, 0).Sum(dim, keepdim, dtype);

    /// <summary>The product (<c>torch.masked.prod</c>).</summary>
    public static Tensor Prod(Tensor input, ReadOnlySpan<long> dim = default, bool keepdim = false, DType? dtype = null, Tensor? mask = null)
    {
        var result = With(input, mask, 1);
        if (input.Ndim == 0) return result.Prod(dtype);
        foreach (int d in Dims("masked.prod", input, dim)) result = result.Prod(d, true, dtype);
        return keepdim ? result : result.Reshape(input.ReducedShapes("masked.prod", dim, false).Result);
    }

    /// <summary>The running sum (<c>torch.masked.cumsum</c>).</summary>
    public static Tensor Cumsum(Tensor input, long dim, DType? dtype = null, Tensor? mask = null) => With(input, mask, 0).Cumsum(dim, dtype);

    /// <summary>The running product (<c>torch.masked.cumprod</c>).</summary>
    public static Tensor Cumprod(Tensor input, long dim, DType? dtype = null, Tensor? mask = null) => With(input, mask, 1).Cumprod(dim, dtype);

    /// <summary>The largest element (<c>torch.masked.amax</c>).</summary>
    public static Tensor Amax(Tensor input, ReadOnlySpan<long> dim = default, bool keepdim = false, DType? dtype = null, Tensor? mask = null) =>
        With(input, mask, Lowest(input)).Amax(dim, keepdim).To(dtype ?? input.DType);

    /// <summary>The smallest element (<c>torch.masked.amin</c>).</summary>
    public static Tensor Amin(Tensor input, ReadOnlySpan<long> dim = default, bool keepdim = false, DType? dtype = null, Tensor? mask = null) =>
        With(input, mask, Highest(input)).Amin(dim, keepdim).To(dtype ?? input.DType);

    /// <summary>The position of the largest element, in the dtype of the input unless given, as in PyTorch (<c>torch.masked.argmax</c>).</summary>
    public static Tensor Argmax(Tensor input, long? dim = null, bool keepdim = false, DType? dtype = null, Tensor? mask = null) =>
        With(input, mask, Lowest(input)).Argmax(dim, keepdim).To(dtype ?? input.DType);

    /// <summary>The position of the smallest element, in the dtype of the input unless given, as in PyTorch (<c>torch.masked.argmin</c>).</summary>
    public static Tensor Argmin(Tensor input, long? dim = null, bool keepdim = false, DType? dtype = null, Tensor? mask = null) =>
        With(input, mask, Highest(input)).Argmin(dim, keepdim).To(dtype ?? input.DType);

    /// <summary>The mean (<c>torch.masked.mean</c>).</summary>
    public static Tensor Mean(Tensor input, ReadOnlySpan<long> dim = default, bool keepdim = false, DType? dtype = null, Tensor? mask = null) =>
        Sum(input, dim, keepdim, dtype ?? input.DType, mask).Div(Count(input, dim, keepdim, mask));

    /// <summary>The median, the lower one of two (<c>torch.masked.median</c>).</summary>
    /// <exception cref="ArgumentException">Everything along the dimension is masked out and the dtype is an integer.</exception>
    public static Tensor Median(Tensor input, long dim = -1, bool keepdim = false, DType? dtype = null, Tensor? mask = null)
    {
        bool real = input.DType.IsFloatingPoint();
        var result = With(real ? input : input.To(DType.Float32), mask, double.NaN).Nanmedian(dim, keepdim).Values;
        if (real) return result;
        HostRoutine.Run("check of rows", [], [result.Isnan().Any()], (input.DType, input.Shape), static (t, s) =>
        {
            if (t[0].Item() != 0) throw OperationError.Argument("masked.median", $"expects no fully masked out rows if dtype is not floating point: {s.DType.Name()} {OperationError.Text(s.Shape)}");
        });
        return result.To(dtype ?? input.DType);
    }

    /// <summary>log(sum(exp(x))), without overflow (<c>torch.masked.logsumexp</c>).</summary>
    public static Tensor Logsumexp(Tensor input, ReadOnlySpan<long> dim = default, bool keepdim = false, DType? dtype = null, Tensor? mask = null) =>
        With(input, mask, Lowest(input)).Logsumexp(dim, keepdim).To(dtype ?? input.DType);

    /// <summary>log(exp(x) + exp(y)) of what is not masked out (<c>torch.masked.logaddexp</c>).</summary>
    public static Tensor Logaddexp(Tensor input, Tensor other, DType? dtype = null, Tensor? inputMask = null, Tensor? otherMask = null) =>
        s_logAddExp.Apply(With(input, inputMask, Lowest(input)), With(other, otherMask, Lowest(other))).To(dtype ?? input.DType);

    /// <summary>The norm of vectors (<c>torch.masked.norm</c>).</summary>
    public static Tensor Norm(Tensor input, double ord = 2, ReadOnlySpan<long> dim = default, bool keepdim = false, DType? dtype = null, Tensor? mask = null) =>
        With(input, mask, double.IsNegativeInfinity(ord) ? double.PositiveInfinity : 0).VectorNorm("masked.norm", ord, dim, keepdim, dtype);

    /// <summary>The variance (<c>torch.masked.var</c>).</summary>
    public static Tensor Var(Tensor input, ReadOnlySpan<long> dim = default, bool unbiased = false, bool keepdim = false, DType? dtype = null, Tensor? mask = null)
    {
        var result = dtype ?? (input.DType.IsFloatingPoint() ? input.DType : DType.Float32);
        var compute = result.IsFloatingPoint() ? result : DType.Float32;
        var x = input.Sub(Sum(input, dim, true, result, mask).Div(Count(input, dim, true, mask)));
        var count = Count(input, dim, keepdim, mask);
        if (unbiased) count = count.Sub(1).ClampMin(0);
        return Sum(x.Mul(x), dim, keepdim, compute, mask).Div(count).To(result);
    }

    /// <summary>The standard deviation (<c>torch.masked.std</c>).</summary>
    public static Tensor Std(Tensor input, ReadOnlySpan<long> dim = default, bool unbiased = false, bool keepdim = false, DType? dtype = null, Tensor? mask = null) =>
        Var(input, dim, unbiased, keepdim, dtype, mask).Sqrt();

    /// <summary>The softmax (<c>torch.masked.softmax</c>).</summary>
    public static Tensor Softmax(Tensor input, long dim, DType? dtype = null, Tensor? mask = null) => With(input, mask, Lowest(input)).Softmax(dim, dtype);

    /// <summary>The logarithm of the softmax (<c>torch.masked.log_softmax</c>).</summary>
    public static Tensor LogSoftmax(Tensor input, long dim, DType? dtype = null, Tensor? mask = null) => With(input, mask, Lowest(input)).LogSoftmax(dim, dtype);

    /// <summary>The softmax of -x (<c>torch.masked.softmin</c>).</summary>
    public static Tensor Softmin(Tensor input, long dim, DType? dtype = null, Tensor? mask = null) => Nn.Functional.Softmin(With(input, mask, Highest(input)), dim, dtype);

    /// <summary>Vectors along a dimension divided by their norm, or by eps if that is larger (<c>torch.masked.normalize</c>).</summary>
    public static Tensor Normalize(Tensor input, double ord, long dim, double eps = 1e-12, DType? dtype = null, Tensor? mask = null) =>
        With(input, mask, 0).Div(Norm(input, ord, [dim], true, dtype, mask).ClampMin(eps));

    private static Tensor With(Tensor input, Tensor? mask, Scalar otherwise)
    {
        if (mask is null) return input;
        if (mask.DType != DType.Bool) mask = mask.To(DType.Bool);
        return Tensor.Where(mask, input, otherwise);
    }

    private static Tensor Count(Tensor input, ReadOnlySpan<long> dim, bool keepdim, Tensor? mask) =>
        (mask is null ? Tensor.Ones([], DType.Bool) : mask.To(DType.Bool)).Expand(input.Shape).Sum(dim, keepdim);

    private static int[] Dims(string name, Tensor input, ReadOnlySpan<long> dim) =>
        dim.IsEmpty ? [.. Enumerable.Range(0, input.Ndim)] : OperationError.Dims(name, dim, input.Ndim);

    private static Scalar Lowest(Tensor x) => x.DType.IsFloatingPoint() ? (Scalar)double.NegativeInfinity : x.DType.IntegerRange().Min;

    private static Scalar Highest(Tensor x) => x.DType.IsFloatingPoint() ? (Scalar)double.PositiveInfinity : x.DType.IntegerRange().Max;
}
