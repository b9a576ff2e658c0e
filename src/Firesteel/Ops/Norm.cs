namespace Firesteel;

public partial class Tensor
{
    private static readonly Operation<(Shape Kept, double P)> s_norm = new("linalg_vector_norm",
        (Save.Input0 | Save.Output0, static (in s, g) => NormBackward(s.Input(0), s.Output().Reshape(s.State.Kept), g.Reshape(s.State.Kept), s.State.P)));

    private static readonly Operation<(Shape Kept, double P)> s_normOfTorch = s_norm.Renamed("norm:1"), s_normOfTorchInDType = s_norm.Renamed("norm:3");

    // Where the norm is 0 the gradient is 0; the divisor is made 1 there, so that higher gradients stay finite too.
    private static readonly Pointwise s_euclideanBackward = new("norm_backward",
        static (x, y, g) => x * (Expr.Where(Expr.Eq(y, 0), 0, g) / Expr.Where(Expr.Eq(y, 0), 1, y)));

    private static readonly Pointwise s_powerNormBackward = new("norm_backward", 4,
        static a => Expr.Sign(a[0]) * Expr.Pow(Expr.Where(Expr.Eq(a[0], 0), 1, Expr.Abs(a[0])), a[3] - 1) *
            (Expr.Where(Expr.Eq(a[1], 0), 0, a[2]) / Expr.Pow(Expr.Where(Expr.Eq(a[1], 0), 1, a[1]), a[3] - 1)), null, ResultType.Promoted);

    private static readonly Pointwise s_absPower = new("abs_pow", static (x, p) => Expr.Pow(Expr.Abs(x), p));
    private static readonly Pointwise s_renormFactor = new("renorm_factor", static (norm, max) => Expr.Where(norm > max, max / (norm + 1e-7), 1));

    private static Tensor NormBackward(Tensor x, Tensor norm, Tensor g, double p)
    {
        if (p == 0) return ZerosLike(x);
        if (p == 1) return x.Sgn().Mul(g);
        if (p == 2) return s_euclideanBackward.Apply(x, norm, g);
        if (double.IsInfinity(p)) return x.Sgn().Mul(ShareOf(x.Detach().Abs(), norm.Detach(), g));
        return s_powerNormBackward.Run([x, norm, g, p]);
    }

    /// <summary>The p-norm of all elements or along dimensions, Euclidean if p is not given; p may be any number, 0 and infinity included (<c>torch.norm</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    /// <exception cref="ArgumentException">A norm that has no value for no elements, of no elements.</exception>
    public Tensor Norm(Scalar? p = null, ReadOnlySpan<long> dim = default, bool keepdim = false, DType? dtype = null) => VectorNorm("norm", p?.AsDouble ?? 2, dim, keepdim, dtype);

    /// <summary>The p-norm along a dimension (<c>torch.norm</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    /// <exception cref="ArgumentException">A norm that has no value for no elements, of no elements.</exception>
    public Tensor Norm(Scalar p, long dim, bool keepdim = false, DType? dtype = null) => VectorNorm("norm", p.AsDouble, [dim], keepdim, dtype);

    /// <summary>The Frobenius norm, <c>"fro"</c>, of all elements or over dimensions, or the nuclear norm, <c>"nuc"</c>, of matrices (<c>torch.norm</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    /// <exception cref="ArgumentException">Another name.</exception>
    public Tensor Norm(string p, ReadOnlySpan<long> dim = default, bool keepdim = false, DType? dtype = null) => p switch
    {
        "fro" => VectorNorm("norm", 2, dim, keepdim, dtype),
        "nuc" => Linalg.MatrixNorm(this, "nuc", dim.IsEmpty ? [-2, -1] : dim, keepdim, dtype),
        _ => throw OperationError.Argument("norm", $"only 'fro' and 'nuc' are names of norms, got '{p}'"),
    };

    internal Tensor VectorNorm(string name, double p, ReadOnlySpan<long> dim, bool keepdim, DType? dtype)
    {
        var input = dtype is { } wanted ? To(wanted) : this;
        if (!DType.IsFloatingPoint() || !input.DType.IsFloatingPoint())
            throw OperationError.NotSupported(name, $"expected a floating point tensor as input. Got {DType.Name()} {OperationError.Text(Shape)}; convert with To(DType.Float32) first");
        var (kept, shape) = ReducedShapes(name, dim, keepdim);
        if (NumElements == 0 && (p < 0 || double.IsPositiveInfinity(p)) && (dim.IsEmpty || ReducedCount(kept) == 0))
            throw OperationError.Argument(name, $"cannot compute the {p} norm on an empty tensor {OperationError.Text(Shape)} because the operation does not have an identity");
        var x = input.Wide();
        var result = p switch
        {
            0 => new Tensor(x.To(DType.Bool).Reduced(ReduceOp.Sum, kept, DType.Int64)).To(x.DType),
            1 => new Tensor(x.Abs().Reduced(ReduceOp.Sum, kept, x.DType)),
            2 => new Tensor(x.Square().Reduced(ReduceOp.Sum, kept, x.DType)).SqrtInPlace(),
            double.PositiveInfinity => new Tensor(x.Abs().Reduced(ReduceOp.Max, kept, x.DType)),
            double.NegativeInfinity => new Tensor(x.Abs().Reduced(ReduceOp.Min, kept, x.DType)),
            _ => new Tensor(s_absPower.Apply(x, p).Reduced(ReduceOp.Sum, kept, x.DType)).PowInPlace(1 / p),
        };
        var operation = name != "norm" ? s_norm : dtype is null ? s_normOfTorch : s_normOfTorchInDType;
        return operation.Record(result.To(input.DType).Layout.With(shape), [input], (kept, p));
    }

    /// <summary>The p-norm of the difference of two tensors, which broadcast (<c>torch.dist</c>).</summary>
    public Tensor Dist(Tensor other, Scalar? p = null) => Sub(other).VectorNorm("dist", p?.AsDouble ?? 2, [], false, null);

    /// <summary>Every slice along a dimension whose p-norm is above a bound, scaled down to it (<c>torch.renorm</c>).</summary>
    /// <exception cref="ArgumentException">p is not positive, the bound is negative, or there are fewer than two dimensions.</exception>
    public Tensor Renorm(Scalar p, long dim, Scalar maxnorm)
    {
        if (p.AsDouble <= 0) throw OperationError.Argument("renorm", $"non-positive-norm not supported: p = {p}");
        if (maxnorm.AsDouble < 0) throw OperationError.Argument("renorm", $"expected maxnorm to be >= 0 but got {maxnorm}");
        if (Ndim < 2) throw OperationError.Argument("renorm", $"input needs at least 2 dimensions, got {Ndim} dimensions: {OperationError.Text(Shape)}");
        int d = OperationError.Dim("renorm", dim, Ndim);
        long[] others = [.. Enumerable.Range(0, Ndim).Where(i => i != d).Select(i => (long)i)];
        var norm = VectorNorm("renorm", p.AsDouble, others, true, WideType(DType));
        return Mul(s_renormFactor.Apply(norm, maxnorm).To(DType));
    }

    /// <summary><see cref="Renorm"/> into this tensor (<c>renorm_</c>).</summary>
    public Tensor RenormInPlace(Scalar p, long dim, Scalar maxnorm) => CopyInPlace(Clone().Renorm(p, dim, maxnorm));
}
