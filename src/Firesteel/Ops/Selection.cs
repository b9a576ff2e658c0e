namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_where = new("where", 3, static x => Expr.Where(x[0], x[1], x[2]), null, ResultType.Promoted, firstPromoted: 1);

    /// <summary>Elements of <paramref name="input"/> where the condition holds, else of <paramref name="other"/>; all three broadcast (<c>torch.where</c>).</summary>
    /// <exception cref="ArgumentException">The condition is not of dtype bool or uint8.</exception>
    public static Tensor Where(Tensor condition, Operand input, Operand other)
    {
        if (condition.DType is not (DType.Bool or DType.UInt8))
            throw OperationError.Argument("where", $"expected condition to be a boolean tensor, but got a tensor with dtype {condition.DType.Name()}. Compare it with something, such as Ne(0)");
        return s_where.Apply(condition, input, other);
    }

    /// <summary>The elements of this tensor where the condition holds, else of <paramref name="other"/> (<c>Tensor.where</c>).</summary>
    /// <exception cref="ArgumentException">The condition is not of dtype bool or uint8.</exception>
    public Tensor Where(Tensor condition, Operand other) => Where(condition, this, other);

    /// <summary>The positions of all elements that are not 0, one int64 vector per dimension (<c>torch.where</c>, <c>torch.nonzero(as_tuple=True)</c>). Waits for the device.</summary>
    public static Tensor[] Where(Tensor condition) => (condition.Ndim == 0 ? condition.Unsqueeze(0) : condition).Nonzero().Unbind(1);
}
