namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_copysign = new("copysign", static (a, b) => Primitive.Copysign.Of(a, b), ResultType.Floating);
    private static readonly Pointwise s_nextafter = new("nextafter", static (a, b) => Primitive.Nextafter.Of(a, b));
    private static readonly Pointwise s_hypot = new("hypot", static (a, b) => Primitive.Hypot.Of(a, b));
    private static readonly Pointwise s_mantissa = new("frexp",
        static x => HalfTheDistance(x * Primitive.Exp2.Of(-HalfOf(x)), x),
        static (x, y, g) => HalfTheDistance(g * Primitive.Exp2.Of(-HalfOf(x)), x));
    private static readonly Pointwise s_exponent = new("frexp", static x => Primitive.FrexpExponent.Of(x));
    private static readonly Pointwise s_heaviside = new("heaviside", 2, static x => Expr.Where(Expr.Eq(x[0], 0), x[1], x[0] > 0), static (x, y, g) => [null, null], ResultType.Promoted);
    private static readonly Pointwise s_angle = new("angle", static x => Expr.Where(x < 0, Math.PI, Expr.Where(Expr.Ne(x, x), x, 0)), static (x, y, g) => 0 * g);
    private static readonly Pointwise s_nanToNum = new("nan_to_num", 4,
        static x => Expr.Where(Expr.Ne(x[0], x[0]), x[1], Expr.Where(Expr.Eq(x[0], Infinity), x[2], Expr.Where(Expr.Eq(x[0], -Infinity), x[3], x[0]))),
        static (x, y, g) => [Expr.Where(Expr.Abs(x[0]) < Infinity, g, 0), null, null, null], ResultType.Promoted);

    /// <summary>The size of this with the sign of the other (<c>torch.copysign</c>).</summary>
    public Tensor Copysign(Operand other) => s_copysign.Apply(this, other);

    /// <summary><see cref="Copysign"/> into this tensor (<c>copysign_</c>).</summary>
    public Tensor CopysignInPlace(Operand other) => s_copysign.RunInPlace(this, other);

    /// <summary>The next number of the dtype, float32 or float64, from each element toward the other (<c>torch.nextafter</c>).</summary>
    /// <exception cref="NotSupportedException">The common dtype is another.</exception>
    public Tensor Nextafter(Tensor other)
    {
        CheckNextafter(other);
        return s_nextafter.Apply(this, other);
    }

    /// <summary><see cref="Nextafter"/> into this tensor (<c>nextafter_</c>).</summary>
    /// <exception cref="NotSupportedException">The common dtype is another.</exception>
    public Tensor NextafterInPlace(Tensor other)
    {
        CheckNextafter(other);
        return s_nextafter.RunInPlace(this, other);
    }

    /// <summary>sqrt(a² + b²) without overflow (<c>torch.hypot</c>).</summary>
    /// <exception cref="NotSupportedException">Both are of integers.</exception>
    public Tensor Hypot(Tensor other)
    {
        CheckFloating("hypot", this, other);
        return s_hypot.Apply(this, other);
    }

    /// <summary><see cref="Hypot"/> into this tensor (<c>hypot_</c>).</summary>
    /// <exception cref="NotSupportedException">Both are of integers.</exception>
    public Tensor HypotInPlace(Tensor other)
    {
        CheckFloating("hypot", this, other);
        return s_hypot.RunInPlace(this, other);
    }

    /// <summary>this * 2^other (<c>torch.ldexp</c>).</summary>
    public Tensor Ldexp(Tensor other) => Mul(Pow(2.0, other));

    /// <summary><see cref="Ldexp"/> into this tensor (<c>ldexp_</c>).</summary>
    public Tensor LdexpInPlace(Tensor other) => MulInPlace(Pow(2.0, other));

    /// <summary>x = mantissa * 2^exponent with the mantissa in [0.5, 1) by size, the exponent of dtype int32 (<c>torch.frexp</c>).</summary>
    /// <exception cref="NotSupportedException">The tensor is not of floating-point numbers.</exception>
    public (Tensor Mantissa, Tensor Exponent) Frexp()
    {
        CheckFloating("frexp", this, this);
        return (s_mantissa.Apply(this), s_exponent.Apply(Detach()).To(DType.Int32));
    }

    /// <summary>0 below 0, 1 above, and at 0 the given value (<c>torch.heaviside</c>).</summary>
    /// <exception cref="NotSupportedException">The dtypes differ, or a tensor requires a gradient.</exception>
    public Tensor Heaviside(Tensor values)
    {
        CheckHeaviside(values);
        return s_heaviside.Apply(this, values);
    }

    /// <summary><see cref="Heaviside"/> into this tensor (<c>heaviside_</c>).</summary>
    /// <exception cref="NotSupportedException">The dtypes differ, or a tensor requires a gradient.</exception>
    public Tensor HeavisideInPlace(Tensor values)
    {
        CheckHeaviside(values);
        return s_heaviside.RunInPlace(this, values);
    }

    /// <summary>The angle in the complex plane: pi for negative numbers, else 0 (<c>torch.angle</c>).</summary>
    public Tensor Angle() => s_angle.Apply(this);

    /// <summary>Numbers in the place of NaN and of the infinities, by default 0 and the largest and smallest of the dtype (<c>torch.nan_to_num</c>).</summary>
    public Tensor NanToNum(double nan = 0, double? posinf = null, double? neginf = null) => DType.IsFloatingPoint()
        ? s_nanToNum.Run([this, nan, posinf ?? DType.MaxFinite(), neginf ?? -DType.MaxFinite()])
        : Clone();

    /// <summary><see cref="NanToNum"/> into this tensor (<c>nan_to_num_</c>).</summary>
    public Tensor NanToNumInPlace(double nan = 0, double? posinf = null, double? neginf = null) => DType.IsFloatingPoint()
        ? s_nanToNum.RunInPlace(this, nan, posinf ?? DType.MaxFinite(), neginf ?? -DType.MaxFinite())
        : this;

    /// <summary>Half of the exponent, rounded: a power of two that neither overflows nor vanishes.</summary>
    private static Expr HalfOf(Expr x) => Expr.Floor(Primitive.FrexpExponent.Of(x) * 0.5);

    private static Expr HalfTheDistance(Expr halfway, Expr x) => halfway * Primitive.Exp2.Of(HalfOf(x) - Primitive.FrexpExponent.Of(x));

    private void CheckNextafter(Tensor other)
    {
        var dtype = Promotion.Of([this, other]);
        if (dtype is not (DType.Float32 or DType.Float64)) throw OperationError.NotSupported("nextafter", $"not implemented for {dtype.Name()}; convert to float32 or float64 first");
    }

    private static void CheckFloating(string operation, Tensor a, Tensor b)
    {
        if (!a.DType.IsFloatingPoint() && !b.DType.IsFloatingPoint()) throw OperationError.NotSupported(operation, $"only supports floating-point dtypes, not {a.DType.Name()}");
    }

    private void CheckHeaviside(Tensor values)
    {
        if (DType != values.DType) throw OperationError.NotSupported("heaviside", $"not yet implemented for tensors with different dtypes ({DType.Name()} and {values.DType.Name()})");
        CheckNoGradient("heaviside", this);
        CheckNoGradient("heaviside", values);
    }
}
