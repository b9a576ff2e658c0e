using System.Runtime.CompilerServices;

namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_squaredDifference = new("squared_difference", static (x, y) => (x - y) * (x - y));
    private static readonly Operation<(Shape Kept, double Divisor)> s_var = new("var",
        (Save.Input0, static (in s, g) => s.Input(0).VarianceBackward(g.Reshape(s.State.Kept), s.State.Kept, s.State.Divisor)));

    // d sqrt(v) = dv / (2 sqrt(v)), and 0 where there is no variance.
    private static readonly Pointwise s_stdBackward = new("std_backward",
        static (g, y) => Expr.Where(Expr.Eq(y, 0), 0, g) / Expr.Where(Expr.Eq(y, 0), 1, 2 * y));

    private static readonly Operation<(Shape Kept, double Divisor)> s_std = new("std",
        (Save.Input0 | Save.Output0, static (in s, g) => s.Input(0).VarianceBackward(s_stdBackward.Apply(g, s.Output()).Reshape(s.State.Kept), s.State.Kept, s.State.Divisor)));

    private Tensor VarianceBackward(Tensor g, Shape kept, double divisor)
    {
        var dims = new List<long>();
        for (int d = 0; d < kept.Length; d++) if (kept.Sizes[d] == 1) dims.Add(d);
        return g.Mul(2 / divisor).Mul(Sub(Mean(dims.ToArray(), true)));
    }

    /// <summary>The variance of all elements, divided by n - 1, or by n if not unbiased (<c>torch.var</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    public Tensor Var(bool unbiased = true) => Variance("var", s_var, [], unbiased ? 1 : 0, false);

    /// <summary>The variance along a dimension (<c>torch.var</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    public Tensor Var(long dim, bool unbiased = true, bool keepdim = false) => Variance("var", s_var, [dim], unbiased ? 1 : 0, keepdim);

    /// <summary>The variance along dimensions, all if none are given (<c>torch.var</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    public Tensor Var(ReadOnlySpan<long> dim, bool unbiased = true, bool keepdim = false) => Variance("var", s_var, dim, unbiased ? 1 : 0, keepdim);

    /// <summary>The variance along dimensions, all if none are given, divided by n - correction (<c>torch.var</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    [OverloadResolutionPriority(-1)]
    public Tensor Var(ReadOnlySpan<long> dim = default, Scalar? correction = null, bool keepdim = false) => Variance("var", s_var, dim, correction?.AsDouble ?? 1, keepdim);

    /// <summary>The standard deviation of all elements (<c>torch.std</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    public Tensor Std(bool unbiased = true) => Variance("std", s_std, [], unbiased ? 1 : 0, false);

    /// <summary>The standard deviation along a dimension (<c>torch.std</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    public Tensor Std(long dim, bool unbiased = true, bool keepdim = false) => Variance("std", s_std, [dim], unbiased ? 1 : 0, keepdim);

    /// <summary>The standard deviation along dimensions, all if none are given (<c>torch.std</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    public Tensor Std(ReadOnlySpan<long> dim, bool unbiased = true, bool keepdim = false) => Variance("std", s_std, dim, unbiased ? 1 : 0, keepdim);

    /// <summary>The standard deviation along dimensions, all if none are given: the root of the variance divided by n - correction (<c>torch.std</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    [OverloadResolutionPriority(-1)]
    public Tensor Std(ReadOnlySpan<long> dim = default, Scalar? correction = null, bool keepdim = false) => Variance("std", s_std, dim, correction?.AsDouble ?? 1, keepdim);

    /// <summary>Variance and mean of all elements (<c>torch.var_mean</c>).</summary>
    public (Tensor Var, Tensor Mean) VarMean(bool unbiased = true) => (Var(unbiased), Mean());

    /// <summary>Variance and mean along a dimension (<c>torch.var_mean</c>).</summary>
    public (Tensor Var, Tensor Mean) VarMean(long dim, bool unbiased = true, bool keepdim = false) => VarMean([dim], unbiased, keepdim);

    /// <summary>Variance and mean along dimensions, all if none are given (<c>torch.var_mean</c>).</summary>
    public (Tensor Var, Tensor Mean) VarMean(ReadOnlySpan<long> dim, bool unbiased = true, bool keepdim = false) => (Var(dim, unbiased, keepdim), Mean(dim, keepdim));

    /// <summary>Variance, divided by n - correction, and mean along dimensions, all if none are given (<c>torch.var_mean</c>).</summary>
    [OverloadResolutionPriority(-1)]
    public (Tensor Var, Tensor Mean) VarMean(ReadOnlySpan<long> dim = default, Scalar? correction = null, bool keepdim = false) =>
        (Variance("var_mean", s_var, dim, correction?.AsDouble ?? 1, keepdim), Mean(dim, keepdim));

    /// <summary>Standard deviation and mean of all elements (<c>torch.std_mean</c>).</summary>
    public (Tensor Std, Tensor Mean) StdMean(bool unbiased = true) => (Std(unbiased), Mean());

    /// <summary>Standard deviation and mean along a dimension (<c>torch.std_mean</c>).</summary>
    public (Tensor Std, Tensor Mean) StdMean(long dim, bool unbiased = true, bool keepdim = false) => StdMean([dim], unbiased, keepdim);

    /// <summary>Standard deviation and mean along dimensions, all if none are given (<c>torch.std_mean</c>).</summary>
    public (Tensor Std, Tensor Mean) StdMean(ReadOnlySpan<long> dim, bool unbiased = true, bool keepdim = false) => (Std(dim, unbiased, keepdim), Mean(dim, keepdim));

    /// <summary>Standard deviation, with the divisor n - correction, and mean along dimensions, all if none are given (<c>torch.std_mean</c>).</summary>
    [OverloadResolutionPriority(-1)]
    public (Tensor Std, Tensor Mean) StdMean(ReadOnlySpan<long> dim = default, Scalar? correction = null, bool keepdim = false) =>
        (Variance("std_mean", s_std, dim, correction?.AsDouble ?? 1, keepdim), Mean(dim, keepdim));

    private Tensor Variance(string name, Operation<(Shape, double)> operation, ReadOnlySpan<long> dim, double correction, bool keepdim)
    {
        if (!DType.IsFloatingPoint())
            throw OperationError.NotSupported(name, $"only supports floating point dtypes, got {DType.Name()} {OperationError.Text(Shape)}. Convert with To(DType.Float32) first");
        var (kept, shape) = ReducedShapes(name, dim, keepdim);
        // Two passes: the squares of differences from the mean do not cancel.
        var input = Wide();
        double count = ReducedCount(kept), divisor = Math.Max(0, count - correction);
        var mean = new Tensor(input.Reduced(ReduceOp.Sum, kept, input.DType)).DivInPlace(count);
        var result = new Tensor(s_squaredDifference.Apply(input, mean).Reduced(ReduceOp.Sum, kept, input.DType)).DivInPlace(divisor);
        if (ReferenceEquals(operation, s_std)) result.SqrtInPlace();
        return operation.Record(result.To(DType).Layout.With(shape), [this], (kept, divisor));
    }
}
