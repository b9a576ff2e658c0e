namespace Firesteel;

public partial class Tensor
{
    private const double Infinity = double.PositiveInfinity;

    private static readonly Pointwise s_isnan = new("isnan", static x => Expr.Ne(x, x), null, ResultType.Bool);
    private static readonly Pointwise s_isinf = new("isinf", static x => Expr.Eq(Expr.Abs(x), Infinity), null, ResultType.Bool);
    private static readonly Pointwise s_isfinite = new("isfinite", static x => Expr.Abs(x) < Infinity, null, ResultType.Bool);
    private static readonly Pointwise s_isposinf = new("isposinf", static x => Expr.Eq(x, Infinity), null, ResultType.Bool);
    private static readonly Pointwise s_isneginf = new("isneginf", static x => Expr.Eq(x, -Infinity), null, ResultType.Bool);
    private static readonly Pointwise s_signbit = new("signbit", static x => Primitive.Copysign.Of(1, x) < 0, null, ResultType.Bool);

    /// <summary>|a - b| &lt;= atol + rtol |b|, and equal infinities; the operands are a, b, rtol, atol.</summary>
    private static readonly Pointwise s_isclose = new("isclose", 4,
        static x => Expr.Max(Expr.Eq(x[0], x[1]), (Expr.Abs(x[0] - x[1]) < Infinity) * (Expr.Abs(x[0] - x[1]) <= x[3] + Expr.Abs(x[2] * x[1]))), null, ResultType.Bool);

    /// <summary>True where NaN (<c>torch.isnan</c>).</summary>
    public Tensor Isnan() => DType.IsFloatingPoint() ? s_isnan.Apply(this) : Always(false);

    /// <summary>True where plus or minus infinity (<c>torch.isinf</c>).</summary>
    public Tensor Isinf() => DType.IsFloatingPoint() ? s_isinf.Apply(this) : Always(false);

    /// <summary>True where neither infinite nor NaN (<c>torch.isfinite</c>).</summary>
    public Tensor Isfinite() => DType.IsFloatingPoint() ? s_isfinite.Apply(this) : Always(true);

    /// <summary>True where plus infinity (<c>torch.isposinf</c>).</summary>
    public Tensor Isposinf() => DType.IsFloatingPoint() ? s_isposinf.Apply(this) : Always(false);

    /// <summary>True where minus infinity (<c>torch.isneginf</c>).</summary>
    public Tensor Isneginf() => DType.IsFloatingPoint() ? s_isneginf.Apply(this) : Always(false);

    /// <summary>True everywhere: every dtype here is real (<c>torch.isreal</c>).</summary>
    public Tensor Isreal() => Always(true);

    /// <summary>True where the sign bit is set, so for -0.0 too (<c>torch.signbit</c>).</summary>
    public Tensor Signbit() => DType.IsFloatingPoint() ? s_signbit.Apply(this) : Lt(0);

    /// <summary>True where <c>|this - other| &lt;= atol + rtol * |other|</c>, or both are the same infinity, or, if asked, both are NaN (<c>torch.isclose</c>).</summary>
    /// <exception cref="ArgumentException">The dtypes differ, or a tolerance is negative.</exception>
    public Tensor Isclose(Tensor other, double rtol = 1e-5, double atol = 1e-8, bool equalNan = false)
    {
        if (DType != other.DType) throw OperationError.Argument("isclose", $"{DType.Name()} did not match {other.DType.Name()}");
        if (!(rtol >= 0)) throw OperationError.Argument("isclose", $"rtol must be greater than or equal to zero, but got {rtol}");
        if (!(atol >= 0)) throw OperationError.Argument("isclose", $"atol must be greater than or equal to zero, but got {atol}");
        if (!DType.IsFloatingPoint())
        {
            // Integers are compared as they are and measured in float64.
            var equal = Eq(other);
            return rtol == 0 && atol == 0 ? equal : equal.LogicalOr(s_isclose.Run([To(DType.Float64), other.To(DType.Float64), rtol, atol]));
        }
        var close = s_isclose.Run([this, other, rtol, atol]);
        return equalNan ? close.LogicalOr(Isnan().LogicalAnd(other.Isnan())) : close;
    }

    /// <summary>True if every pair of elements is close as <see cref="Isclose"/> says (<c>torch.allclose</c>). Waits for the device.</summary>
    /// <exception cref="ArgumentException">The dtypes differ, or a tolerance is negative.</exception>
    public bool Allclose(Tensor other, double rtol = 1e-5, double atol = 1e-8, bool equalNan = false) => AllTrue(Isclose(other, rtol, atol, equalNan));

    /// <summary>True if shapes and all elements are equal (<c>torch.equal</c>). Waits for the device.</summary>
    /// <exception cref="ArgumentException">The dtypes differ.</exception>
    public bool Equal(Tensor other)
    {
        if (DType != other.DType) throw OperationError.Argument("equal", $"expected both tensors to have the same dtype, but found {DType.Name()} and {other.DType.Name()}");
        return Shape == other.Shape && AllTrue(Eq(other));
    }

    private Tensor Always(bool value) => FullLike(this, value, DType.Bool);

    private static bool AllTrue(Tensor mask)
    {
        bool result = !mask.AsSpan<bool>().Contains(false);
        GC.KeepAlive(mask);
        return result;
    }
}
