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
}
