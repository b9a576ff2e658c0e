namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_sqrt = new("sqrt", static x => Expr.Sqrt(x));
    private static readonly Pointwise s_rsqrt = new("rsqrt", static x => 1 / Expr.Sqrt(x), static (x, y, g) => -0.5 * g * (y * y * y));
    private static readonly Pointwise s_square = new("square:pow", static x => x * x, static (x, y, g) => g * (2 * x), ResultType.Promoted);
    private static readonly Pointwise s_reciprocal = new("reciprocal", static x => 1 / x, static (x, y, g) => -g * (y * y));
    private static readonly Pointwise s_pow = new("pow:1:0", static (a, b) => Expr.Pow(a, b));
    private static readonly Pointwise s_powTwo = new("pow", static x => x * x, static (x, y, g) => g * (2 * x), ResultType.Promoted);
    private static readonly Pointwise s_powThree = new("pow", static x => x * x * x, static (x, y, g) => g * (3 * (x * x)), ResultType.Promoted);
    private static readonly Pointwise s_powHalf = new("pow", static x => Expr.Sqrt(x));
    private static readonly Pointwise s_powMinusHalf = new("pow", static x => 1 / Expr.Sqrt(x), static (x, y, g) => -0.5 * g * (y / x));
    private static readonly Pointwise s_powMinusOne = new("pow", static x => 1 / x, static (x, y, g) => -g * (y * y));
    private static readonly Pointwise s_powMinusTwo = new("pow", static x => 1 / (x * x), static (x, y, g) => -2 * g * (y / x));

    /// <summary>Square root (<c>torch.sqrt</c>).</summary>
    public Tensor Sqrt() => s_sqrt.Apply(this);

    /// <summary><see cref="Sqrt"/> into this tensor (<c>sqrt_</c>).</summary>
    public Tensor SqrtInPlace() => s_sqrt.RunInPlace(this);

    /// <summary>1 over the square root (<c>torch.rsqrt</c>).</summary>
    public Tensor Rsqrt() => s_rsqrt.Apply(this);

    /// <summary><see cref="Rsqrt"/> into this tensor (<c>rsqrt_</c>).</summary>
    public Tensor RsqrtInPlace() => s_rsqrt.RunInPlace(this);

    /// <summary>The square of each element (<c>torch.square</c>).</summary>
    public Tensor Square() => s_square.Apply(DType == DType.Bool ? To(DType.Int64) : this);

    /// <summary><see cref="Square"/> into this tensor (<c>square_</c>).</summary>
    public Tensor SquareInPlace() => s_square.RunInPlace(this);

    /// <summary>1 over each element (<c>torch.reciprocal</c>).</summary>
    public Tensor Reciprocal() => s_reciprocal.Apply(this);

    /// <summary><see cref="Reciprocal"/> into this tensor (<c>reciprocal_</c>).</summary>
    public Tensor ReciprocalInPlace() => s_reciprocal.RunInPlace(this);

    /// <summary>Each element to the power of the exponent, a number or a tensor (<c>torch.pow</c>).</summary>
    /// <exception cref="ArgumentException">A negative number as exponent of integers.</exception>
    public Tensor Pow(Operand exponent)
    {
        if (FixedPower(exponent) is { } fixedPower) return fixedPower.Apply(this);
        CheckIntegerPower(exponent);
        return s_pow.Apply(DType == DType.Bool && exponent is { IsScalar: true, DType: DType.Int64 } ? To(DType.Int64) : this, exponent);
    }

    /// <summary><see cref="Pow(Operand)"/> into this tensor (<c>pow_</c>).</summary>
    /// <exception cref="ArgumentException">A negative number as exponent of integers.</exception>
    public Tensor PowInPlace(Operand exponent)
    {
        if (FixedPower(exponent) is { } fixedPower) return fixedPower.RunInPlace(this);
        CheckIntegerPower(exponent);
        return s_pow.RunInPlace(this, exponent);
    }

    /// <summary>A number or a tensor to the power of each element of a tensor (<c>torch.pow</c>).</summary>
    public static Tensor Pow(Operand input, Tensor exponent) => input.Tensor is { } tensor ? tensor.Pow(exponent) : s_pow.Apply(input, exponent);

    /// <summary><see cref="Pow(Operand)"/> in float64 (<c>torch.float_power</c>).</summary>
    public Tensor FloatPower(Operand exponent) => To(DType.Float64).Pow(InDouble(exponent));

    /// <summary><see cref="FloatPower(Operand)"/> into this tensor, which must be of dtype float64 (<c>float_power_</c>).</summary>
    /// <exception cref="ArgumentException">The tensor is of another dtype.</exception>
    public Tensor FloatPowerInPlace(Operand exponent) => DType == DType.Float64
        ? PowInPlace(InDouble(exponent))
        : throw OperationError.Argument("float_power", $"the base given to float_power_ has dtype {DType.Name()} but the operation's result requires dtype float64");

    /// <summary><see cref="Pow(Operand, Tensor)"/> in float64 (<c>torch.float_power</c>).</summary>
    public static Tensor FloatPower(Operand input, Tensor exponent) => Pow(InDouble(input), exponent.To(DType.Float64));

    private static Operand InDouble(Operand value) => value.Tensor is { } tensor ? tensor.To(DType.Float64) : value.Scalar.AsDouble;

    /// <summary>Powers that need no general power function, and are exact where that is not.</summary>
    private Pointwise? FixedPower(in Operand exponent)
    {
        if (!exponent.IsScalar || !DType.IsFloatingPoint()) return null;
        return exponent.Scalar.AsDouble switch
        {
            2 => s_powTwo,
            3 => s_powThree,
            0.5 => s_powHalf,
            -0.5 => s_powMinusHalf,
            -1 => s_powMinusOne,
            -2 => s_powMinusTwo,
            _ => null,
        };
    }

    private void CheckIntegerPower(in Operand exponent)
    {
        if (!DType.IsFloatingPoint() && exponent is { IsScalar: true, DType: DType.Int64 } && exponent.Scalar.AsLong < 0)
            throw OperationError.Argument("pow", $"integers to negative integer powers are not allowed (exponent {exponent.Scalar}). Convert the base to a floating-point dtype first");
    }
}
