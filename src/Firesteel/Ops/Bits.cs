namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_bitwiseAnd = new("bitwise_and", static (a, b) => Primitive.BitwiseAnd.Of(a, b));
    private static readonly Pointwise s_bitwiseOr = new("bitwise_or", static (a, b) => Primitive.BitwiseOr.Of(a, b));
    private static readonly Pointwise s_bitwiseXor = new("bitwise_xor", static (a, b) => Primitive.BitwiseXor.Of(a, b));
    private static readonly Pointwise s_bitwiseLeftShift = new("bitwise_left_shift", static (a, b) => Primitive.ShiftLeft.Of(a, b));
    private static readonly Pointwise s_bitwiseRightShift = new("bitwise_right_shift", static (a, b) => Primitive.ShiftRight.Of(a, b));
    private static readonly Pointwise s_bitwiseNot = new("bitwise_not", static x => Primitive.BitwiseNot.Of(x), null, ResultType.Promoted);

    /// <summary>Bitwise and of integers or bools (<c>torch.bitwise_and</c>).</summary>
    /// <exception cref="NotSupportedException">An operand is of floating-point numbers.</exception>
    public Tensor BitwiseAnd(Operand other)
    {
        CheckIntegers("bitwise_and", this, other);
        return s_bitwiseAnd.Apply(this, other);
    }

    /// <summary><see cref="BitwiseAnd"/> into this tensor (<c>bitwise_and_</c>).</summary>
    /// <exception cref="NotSupportedException">An operand is of floating-point numbers.</exception>
    public Tensor BitwiseAndInPlace(Operand other)
    {
        CheckIntegers("bitwise_and", this, other);
        return s_bitwiseAnd.RunInPlace(this, other);
    }

    /// <summary>Bitwise or of integers or bools (<c>torch.bitwise_or</c>).</summary>
    /// <exception cref="NotSupportedException">An operand is of floating-point numbers.</exception>
    public Tensor BitwiseOr(Operand other)
    {
        CheckIntegers("bitwise_or", this, other);
        return s_bitwiseOr.Apply(this, other);
    }

    /// <summary><see cref="BitwiseOr"/> into this tensor (<c>bitwise_or_</c>).</summary>
    /// <exception cref="NotSupportedException">An operand is of floating-point numbers.</exception>
    public Tensor BitwiseOrInPlace(Operand other)
    {
        CheckIntegers("bitwise_or", this, other);
        return s_bitwiseOr.RunInPlace(this, other);
    }

    /// <summary>Bitwise exclusive or of integers or bools (<c>torch.bitwise_xor</c>).</summary>
    /// <exception cref="NotSupportedException">An operand is of floating-point numbers.</exception>
    public Tensor BitwiseXor(Operand other)
    {
        CheckIntegers("bitwise_xor", this, other);
        return s_bitwiseXor.Apply(this, other);
    }

    /// <summary><see cref="BitwiseXor"/> into this tensor (<c>bitwise_xor_</c>).</summary>
    /// <exception cref="NotSupportedException">An operand is of floating-point numbers.</exception>
    public Tensor BitwiseXorInPlace(Operand other)
    {
        CheckIntegers("bitwise_xor", this, other);
        return s_bitwiseXor.RunInPlace(this, other);
    }

    /// <summary>The bits of integers moved to the left (<c>torch.bitwise_left_shift</c>).</summary>
    /// <exception cref="NotSupportedException">An operand is of floating-point numbers.</exception>
    public Tensor BitwiseLeftShift(Operand other)
    {
        CheckIntegers("bitwise_left_shift", this, other);
        return s_bitwiseLeftShift.Apply(this, other);
    }

    /// <summary><see cref="BitwiseLeftShift"/> into this tensor (<c>bitwise_left_shift_</c>).</summary>
    /// <exception cref="NotSupportedException">An operand is of floating-point numbers.</exception>
    public Tensor BitwiseLeftShiftInPlace(Operand other)
    {
        CheckIntegers("bitwise_left_shift", this, other);
        return s_bitwiseLeftShift.RunInPlace(this, other);
    }

    /// <summary>The bits of integers moved to the right; the sign stays (<c>torch.bitwise_right_shift</c>).</summary>
    /// <exception cref="NotSupportedException">An operand is of floating-point numbers.</exception>
    public Tensor BitwiseRightShift(Operand other)
    {
        CheckIntegers("bitwise_right_shift", this, other);
        return s_bitwiseRightShift.Apply(this, other);
    }

    /// <summary><see cref="BitwiseRightShift"/> into this tensor (<c>bitwise_right_shift_</c>).</summary>
    /// <exception cref="NotSupportedException">An operand is of floating-point numbers.</exception>
    public Tensor BitwiseRightShiftInPlace(Operand other)
    {
        CheckIntegers("bitwise_right_shift", this, other);
        return s_bitwiseRightShift.RunInPlace(this, other);
    }

    /// <summary>The complement of integers; of bools the same as <see cref="LogicalNot"/> (<c>torch.bitwise_not</c>).</summary>
    /// <exception cref="NotSupportedException">The tensor is of floating-point numbers.</exception>
    public Tensor BitwiseNot()
    {
        CheckIntegers("bitwise_not", this, this);
        return DType == DType.Bool ? LogicalNot() : s_bitwiseNot.Apply(this);
    }

    /// <summary><see cref="BitwiseNot"/> into this tensor (<c>bitwise_not_</c>).</summary>
    /// <exception cref="NotSupportedException">The tensor is of floating-point numbers.</exception>
    public Tensor BitwiseNotInPlace()
    {
        CheckIntegers("bitwise_not", this, this);
        return DType == DType.Bool ? LogicalNotInPlace() : s_bitwiseNot.RunInPlace(this);
    }

    private static void CheckIntegers(string operation, in Operand a, in Operand b)
    {
        var floating = a.DType.IsFloatingPoint() ? a : b;
        if (floating.DType.IsFloatingPoint())
            throw OperationError.NotSupported(operation, $"not implemented for {floating.DType.Name()}; the operands must be integers or bools");
    }
}
