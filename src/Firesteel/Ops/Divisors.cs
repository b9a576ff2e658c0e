namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_gcd = new("gcd", static (a, b) => Primitive.Gcd.Of(a, b));

    // 0 where an element is 0; the divisor is kept from being 0 there.
    private static readonly Pointwise s_lcm = new("lcm", static (a, b) => Expr.Abs(Primitive.TruncDiv.Of(a, Expr.Max(Primitive.Gcd.Of(a, b), 1)) * b));

    /// <summary>Greatest common divisor of integers (<c>torch.gcd</c>).</summary>
    /// <exception cref="NotSupportedException">A tensor is not of integers.</exception>
    public Tensor Gcd(Tensor other)
    {
        CheckDivisible("gcd", other);
        return s_gcd.Apply(this, other);
    }

    /// <summary><see cref="Gcd"/> into this tensor (<c>gcd_</c>).</summary>
    /// <exception cref="NotSupportedException">A tensor is not of integers.</exception>
    public Tensor GcdInPlace(Tensor other)
    {
        CheckDivisible("gcd", other);
        return s_gcd.RunInPlace(this, other);
    }

    /// <summary>Least common multiple of integers (<c>torch.lcm</c>).</summary>
    /// <exception cref="NotSupportedException">A tensor is not of integers.</exception>
    public Tensor Lcm(Tensor other)
    {
        CheckDivisible("lcm", other);
        return s_lcm.Apply(this, other);
    }

    /// <summary><see cref="Lcm"/> into this tensor (<c>lcm_</c>).</summary>
    /// <exception cref="NotSupportedException">A tensor is not of integers.</exception>
    public Tensor LcmInPlace(Tensor other)
    {
        CheckDivisible("lcm", other);
        return s_lcm.RunInPlace(this, other);
    }

    private void CheckDivisible(string operation, Tensor other)
    {
        if (!DType.IsInteger() || !other.DType.IsInteger()) throw OperationError.NotSupported(operation, $"not implemented for {(DType.IsInteger() ? other : this).DType.Name()}; the operands must be integers");
    }
}
