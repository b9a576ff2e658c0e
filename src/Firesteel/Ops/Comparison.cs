namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_eq = new("eq", static (a, b) => Expr.Eq(a, b), ResultType.Bool);
    private static readonly Pointwise s_ne = new("ne", static (a, b) => Expr.Ne(a, b), ResultType.Bool);
    private static readonly Pointwise s_lt = new("lt", static (a, b) => a < b, ResultType.Bool);
    private static readonly Pointwise s_le = new("le", static (a, b) => a <= b, ResultType.Bool);
    private static readonly Pointwise s_gt = new("gt", static (a, b) => a > b, ResultType.Bool);
    private static readonly Pointwise s_ge = new("ge", static (a, b) => a >= b, ResultType.Bool);

    /// <summary>True where equal (<c>torch.eq</c>).</summary>
    public Tensor Eq(Operand other) => s_eq.Apply(this, other);

    /// <summary>True where not equal (<c>torch.ne</c>).</summary>
    public Tensor Ne(Operand other) => s_ne.Apply(this, other);

    /// <summary>True where less (<c>torch.lt</c>).</summary>
    public Tensor Lt(Operand other) => s_lt.Apply(this, other);

    /// <summary>True where less or equal (<c>torch.le</c>).</summary>
    public Tensor Le(Operand other) => s_le.Apply(this, other);

    /// <summary>True where greater (<c>torch.gt</c>).</summary>
    public Tensor Gt(Operand other) => s_gt.Apply(this, other);

    /// <summary>True where greater or equal (<c>torch.ge</c>).</summary>
    public Tensor Ge(Operand other) => s_ge.Apply(this, other);

    /// <summary><see cref="Eq"/> into this tensor, 1 where true and 0 elsewhere (<c>eq_</c>).</summary>
    public Tensor EqInPlace(Operand other) => s_eq.RunInPlace(this, other);

    /// <summary><see cref="Ne"/> into this tensor, 1 where true and 0 elsewhere (<c>ne_</c>).</summary>
    public Tensor NeInPlace(Operand other) => s_ne.RunInPlace(this, other);

    /// <summary>Same as <see cref="Ne"/> (<c>torch.not_equal</c>).</summary>
    public Tensor NotEqual(Operand other) => Ne(other);

    /// <summary>Same as <see cref="NeInPlace"/> (<c>not_equal_</c>).</summary>
    public Tensor NotEqualInPlace(Operand other) => NeInPlace(other);

    /// <summary><see cref="Lt"/> into this tensor, 1 where true and 0 elsewhere (<c>lt_</c>).</summary>
    public Tensor LtInPlace(Operand other) => s_lt.RunInPlace(this, other);

    /// <summary>Same as <see cref="Lt"/> (<c>torch.less</c>).</summary>
    public Tensor Less(Operand other) => Lt(other);

    /// <summary>Same as <see cref="LtInPlace"/> (<c>less_</c>).</summary>
    public Tensor LessInPlace(Operand other) => LtInPlace(other);

    /// <summary><see cref="Le"/> into this tensor, 1 where true and 0 elsewhere (<c>le_</c>).</summary>
    public Tensor LeInPlace(Operand other) => s_le.RunInPlace(this, other);

    /// <summary>Same as <see cref="Le"/> (<c>torch.less_equal</c>).</summary>
    public Tensor LessEqual(Operand other) => Le(other);

    /// <summary>Same as <see cref="LeInPlace"/> (<c>less_equal_</c>).</summary>
    public Tensor LessEqualInPlace(Operand other) => LeInPlace(other);

    /// <summary><see cref="Gt"/> into this tensor, 1 where true and 0 elsewhere (<c>gt_</c>).</summary>
    public Tensor GtInPlace(Operand other) => s_gt.RunInPlace(this, other);

    /// <summary>Same as <see cref="Gt"/> (<c>torch.greater</c>).</summary>
    public Tensor Greater(Operand other) => Gt(other);

    /// <summary>Same as <see cref="GtInPlace"/> (<c>greater_</c>).</summary>
    public Tensor GreaterInPlace(Operand other) => GtInPlace(other);

    /// <summary><see cref="Ge"/> into this tensor, 1 where true and 0 elsewhere (<c>ge_</c>).</summary>
    public Tensor GeInPlace(Operand other) => s_ge.RunInPlace(this, other);

    /// <summary>Same as <see cref="Ge"/> (<c>torch.greater_equal</c>).</summary>
    public Tensor GreaterEqual(Operand other) => Ge(other);

    /// <summary>Same as <see cref="GeInPlace"/> (<c>greater_equal_</c>).</summary>
    public Tensor GreaterEqualInPlace(Operand other) => GeInPlace(other);
}
