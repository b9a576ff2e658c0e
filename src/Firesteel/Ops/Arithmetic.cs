namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_add = new("add", static (a, b) => a + b);
    private static readonly Pointwise s_addScaled = new("add", static (a, b, alpha) => Expr.FusedMultiplyAdd(alpha, b, a));
    private static readonly Pointwise s_sub = new("sub", static (a, b) => a - b);
    private static readonly Pointwise s_subScaled = new("sub", static (a, b, alpha) => Expr.FusedMultiplyAdd(-alpha, b, a));
    private static readonly Pointwise s_rsub = new("rsub:1", static (a, b) => a - b);
    private static readonly Pointwise s_mul = new("mul", static (a, b) => a * b);
    private static readonly Pointwise s_div = new("div", static (a, b) => a / b, ResultType.Floating);
    private static readonly Pointwise s_neg = new("neg", static x => -x, null, ResultType.Promoted);

    /// <summary>Elementwise sum, <c>this + alpha * other</c> (<c>torch.add</c>).</summary>
    public Tensor Add(Operand other, Scalar? alpha = null) => alpha is { } a ? s_addScaled.Apply(this, other, CheckAlpha("add", other, a)) : s_add.Apply(this, other);

    /// <summary><see cref="Add"/> into this tensor (<c>add_</c>).</summary>
    public Tensor AddInPlace(Operand other, Scalar? alpha = null) => alpha is { } a ? s_addScaled.RunInPlace(this, other, CheckAlpha("add", other, a)) : s_add.RunInPlace(this, other);

    /// <summary>Elementwise difference, <c>this - alpha * other</c> (<c>torch.sub</c>).</summary>
    public Tensor Sub(Operand other, Scalar? alpha = null)
    {
        CheckNotBool(other);
        return alpha is { } a ? s_subScaled.Apply(this, other, CheckAlpha("sub", other, a)) : s_sub.Apply(this, other);
    }

    /// <summary><see cref="Sub"/> into this tensor (<c>sub_</c>).</summary>
    public Tensor SubInPlace(Operand other, Scalar? alpha = null)
    {
        CheckNotBool(other);
        return alpha is { } a ? s_subScaled.RunInPlace(this, other, CheckAlpha("sub", other, a)) : s_sub.RunInPlace(this, other);
    }

    /// <summary>Elementwise product (<c>torch.mul</c>).</summary>
    public Tensor Mul(Operand other) => s_mul.Apply(this, other);

    /// <summary><see cref="Mul"/> into this tensor (<c>mul_</c>).</summary>
    public Tensor MulInPlace(Operand other) => s_mul.RunInPlace(this, other);

    /// <summary>Elementwise quotient; integers are divided as floating-point numbers (<c>torch.div</c>).</summary>
    public Tensor Div(Operand other) => s_div.Apply(this, other);

    /// <summary><see cref="Div(Operand)"/> into this tensor (<c>div_</c>).</summary>
    public Tensor DivInPlace(Operand other) => s_div.RunInPlace(this, other);

    /// <summary>Elementwise negation (<c>torch.neg</c>).</summary>
    public Tensor Neg() => DType == DType.Bool
        ? throw OperationError.NotSupported("neg", "negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use LogicalNot() instead")
        : s_neg.Apply(this);

    /// <summary><see cref="Neg"/> into this tensor (<c>neg_</c>).</summary>
    /// <exception cref="NotSupportedException">The tensor is of dtype bool.</exception>
    public Tensor NegInPlace() => DType == DType.Bool ? Neg() : s_neg.RunInPlace(this);

    /// <summary>The difference the other way round, <c>other - alpha * this</c> (<c>torch.rsub</c>).</summary>
    /// <exception cref="NotSupportedException">An operand is of dtype bool.</exception>
    public Tensor Rsub(Operand other, Scalar? alpha = null)
    {
        CheckNotBool(other);
        return alpha is { } a ? s_subScaled.Apply(other, this, CheckAlpha("rsub", other, a)) : s_rsub.Apply(other, this);
    }

    /// <summary>The tensor itself (<c>torch.positive</c>).</summary>
    /// <exception cref="NotSupportedException">The tensor is of dtype bool.</exception>
    public Tensor Positive() => DType == DType.Bool ? throw OperationError.NotSupported("positive", "the `+` operator, on a bool tensor is not supported") : this;

    /// <summary>Same as <see cref="Sub"/> (<c>torch.subtract</c>).</summary>
    public Tensor Subtract(Operand other, Scalar? alpha = null) => Sub(other, alpha);

    /// <summary>Same as <see cref="SubInPlace"/> (<c>subtract_</c>).</summary>
    public Tensor SubtractInPlace(Operand other, Scalar? alpha = null) => SubInPlace(other, alpha);

    /// <summary>Same as <see cref="Mul"/> (<c>torch.multiply</c>).</summary>
    public Tensor Multiply(Operand other) => Mul(other);

    /// <summary>Same as <see cref="MulInPlace"/> (<c>multiply_</c>).</summary>
    public Tensor MultiplyInPlace(Operand other) => MulInPlace(other);

    /// <summary>Same as <see cref="Neg"/> (<c>torch.negative</c>).</summary>
    public Tensor Negative() => Neg();

    /// <summary>Same as <see cref="NegInPlace"/> (<c>negative_</c>).</summary>
    public Tensor NegativeInPlace() => NegInPlace();

    private Scalar CheckAlpha(string operation, Operand other, Scalar alpha)
    {
        if (alpha.DType == DType.Float64 && !DType.IsFloatingPoint() && !other.DType.IsFloatingPoint())
            throw OperationError.Argument(operation, $"for integral input tensors, argument alpha must not be a floating point number ({alpha})");
        if (alpha.DType == DType.Bool && (DType != DType.Bool || other.DType != DType.Bool))
            throw OperationError.Argument(operation, "boolean alpha only supported for boolean results");
        return alpha;
    }

    private void CheckNotBool(Operand other)
    {
        if (DType == DType.Bool || other.DType == DType.Bool)
            throw OperationError.NotSupported("sub", "subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use LogicalNot() or LogicalXor() instead");
    }
}
