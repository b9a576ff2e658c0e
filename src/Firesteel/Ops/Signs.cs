namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_abs = new("abs", static x => Expr.Abs(x), null, ResultType.Promoted);
    private static readonly Pointwise s_sign = new("sign", static x => Expr.Sign(x), null, ResultType.Promoted);
    private static readonly Pointwise s_sgn = new("sgn", static x => Expr.Sign(x), null, ResultType.Promoted);

    /// <summary>Absolute value (<c>torch.abs</c>).</summary>
    public Tensor Abs() => s_abs.Apply(this);

    /// <summary><see cref="Abs"/> into this tensor (<c>abs_</c>).</summary>
    public Tensor AbsInPlace() => s_abs.RunInPlace(this);

    /// <summary>Same as <see cref="Abs"/> (<c>torch.absolute</c>).</summary>
    public Tensor Absolute() => Abs();

    /// <summary>Same as <see cref="AbsInPlace"/> (<c>absolute_</c>).</summary>
    public Tensor AbsoluteInPlace() => AbsInPlace();

    /// <summary>-1, 0 or 1 by the sign of each element (<c>torch.sign</c>).</summary>
    public Tensor Sign() => s_sign.Apply(this);

    /// <summary><see cref="Sign"/> into this tensor (<c>sign_</c>).</summary>
    public Tensor SignInPlace() => s_sign.RunInPlace(this);

    /// <summary>The sign of each element, for real numbers the same as sign (<c>torch.sgn</c>).</summary>
    public Tensor Sgn() => s_sgn.Apply(this);

    /// <summary><see cref="Sgn"/> into this tensor (<c>sgn_</c>).</summary>
    public Tensor SgnInPlace() => s_sgn.RunInPlace(this);
}
