namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_floorDivide = new("div:2", static (a, b) => Primitive.FloorDiv.Of(a, b));
    private static readonly Pointwise s_truncDivide = new("div:2", static (a, b) => Primitive.TruncDiv.Of(a, b));
    private static readonly Pointwise s_remainder = new("remainder:1:0", static (a, b) => Primitive.Remainder.Of(a, b));
    private static readonly Pointwise s_fmod = new("fmod:1:0", static (a, b) => Primitive.Fmod.Of(a, b));

    /// <summary>
    /// Elementwise quotient, rounded toward zero (<c>"trunc"</c>) or down (<c>"floor"</c>), where integers stay integers; null divides as
    /// <see cref="Div(Operand)"/> (<c>torch.div</c>).
    /// </summary>
    /// <exception cref="ArgumentException">Another rounding mode.</exception>
    /// <exception cref="DivideByZeroException">An integer is divided by zero.</exception>
    public Tensor Div(Operand other, string? roundingMode) => Division(roundingMode).Apply(this, other);

    /// <summary><see cref="Div(Operand, string?)"/> into this tensor (<c>div_</c>).</summary>
    /// <exception cref="ArgumentException">Another rounding mode.</exception>
    /// <exception cref="DivideByZeroException">An integer is divided by zero.</exception>
    public Tensor DivInPlace(Operand other, string? roundingMode) => Division(roundingMode).RunInPlace(this, other);

    /// <summary>Same as <see cref="Div(Operand, string?)"/> (<c>torch.divide</c>).</summary>
    public Tensor Divide(Operand other, string? roundingMode = null) => Div(other, roundingMode);

    /// <summary>Same as <see cref="DivInPlace(Operand, string?)"/> (<c>divide_</c>).</summary>
    public Tensor DivideInPlace(Operand other, string? roundingMode = null) => DivInPlace(other, roundingMode);

    /// <summary>Same as <see cref="Div(Operand)"/> (<c>torch.true_divide</c>).</summary>
    public Tensor TrueDivide(Operand other) => Div(other);

    /// <summary>Same as <see cref="DivInPlace(Operand)"/> (<c>true_divide_</c>).</summary>
    public Tensor TrueDivideInPlace(Operand other) => DivInPlace(other);

    /// <summary>The quotient rounded down (<c>torch.floor_divide</c>).</summary>
    /// <exception cref="DivideByZeroException">An integer is divided by zero.</exception>
    public Tensor FloorDivide(Operand other) => s_floorDivide.Apply(this, other);

    /// <summary><see cref="FloorDivide(Operand)"/> into this tensor (<c>floor_divide_</c>).</summary>
    /// <exception cref="DivideByZeroException">An integer is divided by zero.</exception>
    public Tensor FloorDivideInPlace(Operand other) => s_floorDivide.RunInPlace(this, other);

    /// <summary>What a division rounded down leaves: has the sign of the divisor (<c>torch.remainder</c>).</summary>
    /// <exception cref="DivideByZeroException">An integer is divided by zero.</exception>
    public Tensor Remainder(Operand other) => s_remainder.Apply(this, other);

    /// <summary><see cref="Remainder(Operand)"/> of a number and a tensor (<c>torch.remainder</c>).</summary>
    /// <exception cref="DivideByZeroException">An integer is divided by zero.</exception>
    public static Tensor Remainder(Scalar input, Tensor other) => s_remainder.Apply(input, other);

    /// <summary><see cref="Remainder(Operand)"/> into this tensor (<c>remainder_</c>).</summary>
    /// <exception cref="DivideByZeroException">An integer is divided by zero.</exception>
    public Tensor RemainderInPlace(Operand other) => s_remainder.RunInPlace(this, other);

    /// <summary>What a division rounded toward zero leaves: has the sign of the dividend (<c>torch.fmod</c>).</summary>
    /// <exception cref="DivideByZeroException">An integer is divided by zero.</exception>
    public Tensor Fmod(Operand other) => s_fmod.Apply(this, other);

    /// <summary><see cref="Fmod"/> into this tensor (<c>fmod_</c>).</summary>
    /// <exception cref="DivideByZeroException">An integer is divided by zero.</exception>
    public Tensor FmodInPlace(Operand other) => s_fmod.RunInPlace(this, other);

    private static Pointwise Division(string? roundingMode) => roundingMode switch
    {
        null => s_div,
        "floor" => s_floorDivide,
        "trunc" => s_truncDivide,
        _ => throw OperationError.Argument("div", $"expected rounding_mode to be one of None, 'trunc', or 'floor' but found '{roundingMode}'"),
    };
}
