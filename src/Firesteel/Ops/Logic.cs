namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_logicalAnd = new("logical_and", static (a, b) => Expr.Ne(a, 0) * Expr.Ne(b, 0), ResultType.Bool);
    private static readonly Pointwise s_logicalOr = new("logical_or", static (a, b) => Expr.Max(Expr.Ne(a, 0), Expr.Ne(b, 0)), ResultType.Bool);
    private static readonly Pointwise s_logicalXor = new("logical_xor", static (a, b) => Expr.Ne(Expr.Ne(a, 0), Expr.Ne(b, 0)), ResultType.Bool);
    private static readonly Pointwise s_logicalNot = new("logical_not", static x => Expr.Eq(x, 0), null, ResultType.Bool);

    /// <summary>True where both elements are not 0 (<c>torch.logical_and</c>).</summary>
    public Tensor LogicalAnd(Operand other) => s_logicalAnd.Apply(this, other);

    /// <summary><see cref="LogicalAnd"/> into this tensor (<c>logical_and_</c>).</summary>
    public Tensor LogicalAndInPlace(Operand other) => s_logicalAnd.RunInPlace(this, other);

    /// <summary>True where either element is not 0 (<c>torch.logical_or</c>).</summary>
    public Tensor LogicalOr(Operand other) => s_logicalOr.Apply(this, other);

    /// <summary><see cref="LogicalOr"/> into this tensor (<c>logical_or_</c>).</summary>
    public Tensor LogicalOrInPlace(Operand other) => s_logicalOr.RunInPlace(this, other);

    /// <summary>True where one element is 0 and the other is not (<c>torch.logical_xor</c>).</summary>
    public Tensor LogicalXor(Operand other) => s_logicalXor.Apply(this, other);

    /// <summary><see cref="LogicalXor"/> into this tensor (<c>logical_xor_</c>).</summary>
    public Tensor LogicalXorInPlace(Operand other) => s_logicalXor.RunInPlace(this, other);

    /// <summary>True where the element is 0 (<c>torch.logical_not</c>).</summary>
    public Tensor LogicalNot() => s_logicalNot.Apply(this);

    /// <summary><see cref="LogicalNot"/> into this tensor (<c>logical_not_</c>).</summary>
    public Tensor LogicalNotInPlace() => s_logicalNot.RunInPlace(this);
}
