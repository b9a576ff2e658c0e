namespace Firesteel;

/// <summary>Special functions (<c>torch.special</c>). Those that are methods of tensors too stand here under their names there.</summary>
public static partial class Special
{
    private static readonly Pointwise s_xlog1py = new("special_xlog1py", static (x, y) => Primitive.Xlog1py.Of(x, y), ResultType.Floating);

    /// <summary>Same as <see cref="Tensor.Digamma"/> (<c>torch.special.digamma</c>).</summary>
    public static Tensor Digamma(Tensor input) => input.Digamma();

    /// <summary>Same as <see cref="Tensor.Digamma"/> (<c>torch.special.psi</c>).</summary>
    public static Tensor Psi(Tensor input) => input.Digamma();

    /// <summary>Same as <see cref="Tensor.Lgamma"/> (<c>torch.special.gammaln</c>).</summary>
    public static Tensor Gammaln(Tensor input) => input.Lgamma();

    /// <summary>Same as <see cref="Tensor.Polygamma(long)"/> (<c>torch.special.polygamma</c>).</summary>
    public static Tensor Polygamma(long n, Tensor input) => input.Polygamma(n);

    /// <summary>Same as <see cref="Tensor.Mvlgamma"/> (<c>torch.special.multigammaln</c>).</summary>
    public static Tensor Multigammaln(Tensor input, long p) => input.Mvlgamma(p);

    /// <summary>Same as <see cref="Tensor.Igamma"/> (<c>torch.special.gammainc</c>).</summary>
    public static Tensor Gammainc(Tensor input, Tensor other) => input.Igamma(other);

    /// <summary>Same as <see cref="Tensor.Igammac"/> (<c>torch.special.gammaincc</c>).</summary>
    public static Tensor Gammaincc(Tensor input, Tensor other) => input.Igammac(other);

    /// <summary>Same as <see cref="Tensor.Erf"/> (<c>torch.special.erf</c>).</summary>
    public static Tensor Erf(Tensor input) => input.Erf();

    /// <summary>Same as <see cref="Tensor.Erfc"/> (<c>torch.special.erfc</c>).</summary>
    public static Tensor Erfc(Tensor input) => input.Erfc();

    /// <summary>Same as <see cref="Tensor.Erfinv"/> (<c>torch.special.erfinv</c>).</summary>
    public static Tensor Erfinv(Tensor input) => input.Erfinv();

    /// <summary>Same as <see cref="Tensor.Exp2"/> (<c>torch.special.exp2</c>).</summary>
    public static Tensor Exp2(Tensor input) => input.Exp2();

    /// <summary>Same as <see cref="Tensor.Expm1"/> (<c>torch.special.expm1</c>).</summary>
    public static Tensor Expm1(Tensor input) => input.Expm1();

    /// <summary>Same as <see cref="Tensor.Sigmoid"/> (<c>torch.special.expit</c>).</summary>
    public static Tensor Expit(Tensor input) => input.Sigmoid();

    /// <summary>Same as <see cref="Tensor.Log1p"/> (<c>torch.special.log1p</c>).</summary>
    public static Tensor Log1p(Tensor input) => input.Log1p();

    /// <summary>Same as <see cref="Tensor.Logit"/> (<c>torch.special.logit</c>).</summary>
    public static Tensor Logit(Tensor input, double? eps = null) => input.Logit(eps);

    /// <summary>Same as <see cref="Tensor.Round"/> (<c>torch.special.round</c>).</summary>
    public static Tensor Round(Tensor input, long decimals = 0) => input.Round(decimals);

    /// <summary>Same as <see cref="Tensor.Sinc"/> (<c>torch.special.sinc</c>).</summary>
    public static Tensor Sinc(Tensor input) => input.Sinc();

    /// <summary>Same as <see cref="Tensor.I0"/> (<c>torch.special.i0</c>).</summary>
    public static Tensor I0(Tensor input) => input.I0();

    /// <summary><c>x * log(y)</c>, 0 where x is 0 (<c>torch.special.xlogy</c>).</summary>
    public static Tensor Xlogy(Operand input, Operand other) => Tensor.Xlogy(input, other);

    /// <summary><c>x * log(1 + y)</c>, 0 where x is 0 (<c>torch.special.xlog1py</c>).</summary>
    public static Tensor Xlog1py(Operand input, Operand other) => s_xlog1py.Apply(input, other);

    private static readonly Pointwise s_zeta = new("special_zeta", static (x, q) => Primitive.Zeta.Of(x, q), ResultType.Floating);

    /// <summary>Hurwitz's zeta function, the sum of <c>(other + k)^-input</c> over k = 0, 1, ...; differentiable in <paramref name="other"/> only (<c>torch.special.zeta</c>).</summary>
    /// <exception cref="NotSupportedException">The input requires a gradient.</exception>
    public static Tensor Zeta(Operand input, Operand other)
    {
        Tensor.CheckNoGradient("special_zeta", input);
        return s_zeta.Apply(input, other);
    }
}
