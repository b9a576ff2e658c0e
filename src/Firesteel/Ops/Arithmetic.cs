namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_add = new("add", static (a, b) => a + b);
    private static readonly Pointwise s_addScaled = new("add", static (a, b, alpha) => a + alpha * b);
    private static readonly Pointwise s_sub = new("sub", static (a, b) => a - b);
    private static readonly Pointwise s_subScaled = new("sub", static (a, b, alpha) => a - alpha * b);
    private static readonly Pointwise s_mul = new("mul", static (a, b) => a * b);
    private static readonly Pointwise s_div = new("div", static (a, b) => a / b, ResultType.Floating);
    private static readonly Pointwise s_neg = new("neg", static x => -x, null, ResultType.Promoted);

    /// <summary>Elementwise sum, <c>this + alpha * other</c> (<c>torch.add</c>).</summary>
    public Tensor Add(Operand other, Scalar? alpha = null) => alpha is { } a ? s_addScaled.Apply(this, other, a) : s_add.Apply(this, other);

    /// <summary><see cref="Add"/> into this tensor (<c>add_</c>).</summary>
    public Tensor AddInPlace(Operand other, Scalar? alpha = null) => alpha is { } a ? s_addScaled.RunInPlace(this, other, a) : s_add.RunInPlace(this, other);

    /// <summary>Elementwise difference, <c>this - alpha * other</c> (<c>torch.sub</c>).</summary>
    public Tensor Sub(Operand other, Scalar? alpha = null)
    {
        CheckNotBool(other);
        return alpha is { } a ? s_subScaled.Apply(this, other, a) : s_sub.Apply(this, other);
    }

    /// <summary><see cref="Sub"/> into this tensor (<c>sub_</c>).</summary>
    public Tensor SubInPlace(Operand other, Scalar? alpha = null)
    {
        CheckNotBool(other);
        return alpha is { } a ? s_subScaled.RunInPlace(this, other, a) : s_sub.RunInPlace(this, other);
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

    private void CheckNotBool(Operand other)
    {
        if (DType == DType.Bool || other.DType == DType.Bool)
            throw OperationError.NotSupported("sub", "subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use LogicalNot() or LogicalXor() instead");
    }
}
