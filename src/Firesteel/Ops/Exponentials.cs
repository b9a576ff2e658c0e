namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_exp = new("exp", static x => Expr.Exp(x));
    private static readonly Pointwise s_exp2 = new("exp2", static x => Primitive.Exp2.Of(x));
    private static readonly Pointwise s_expm1 = new("expm1", static x => Expr.Expm1(x));
    private static readonly Pointwise s_log = new("log", static x => Expr.Log(x));
    private static readonly Pointwise s_log1p = new("log1p", static x => Expr.Log1p(x));
    private static readonly Pointwise s_log2 = new("log2", static x => Primitive.Log2.Of(x));
    private static readonly Pointwise s_log10 = new("log10", static x => Primitive.Log10.Of(x));
    private static readonly Pointwise s_sigmoid = new("sigmoid", static x => Expr.Sigmoid(x));
    private static readonly Pointwise s_erf = new("erf", static x => Expr.Erf(x));
    private static readonly Pointwise s_erfc = new("erfc", static x => Primitive.Erfc.Of(x));
    private static readonly Pointwise s_erfinv = new("erfinv", static x => Primitive.Erfinv.Of(x));

    /// <summary>e to the power of each element (<c>torch.exp</c>).</summary>
    public Tensor Exp() => s_exp.Apply(this);

    /// <summary><see cref="Exp"/> into this tensor (<c>exp_</c>).</summary>
    public Tensor ExpInPlace() => s_exp.RunInPlace(this);

    /// <summary>2 to the power of each element (<c>torch.exp2</c>).</summary>
    public Tensor Exp2() => s_exp2.Apply(this);

    /// <summary><see cref="Exp2"/> into this tensor (<c>exp2_</c>).</summary>
    public Tensor Exp2InPlace() => s_exp2.RunInPlace(this);

    /// <summary>e to the power of each element, less 1, exact near 0 (<c>torch.expm1</c>).</summary>
    public Tensor Expm1() => s_expm1.Apply(this);

    /// <summary><see cref="Expm1"/> into this tensor (<c>expm1_</c>).</summary>
    public Tensor Expm1InPlace() => s_expm1.RunInPlace(this);

    /// <summary>Natural logarithm (<c>torch.log</c>).</summary>
    public Tensor Log() => s_log.Apply(this);

    /// <summary><see cref="Log"/> into this tensor (<c>log_</c>).</summary>
    public Tensor LogInPlace() => s_log.RunInPlace(this);

    /// <summary>Natural logarithm of 1 + x, exact near 0 (<c>torch.log1p</c>).</summary>
    public Tensor Log1p() => s_log1p.Apply(this);

    /// <summary><see cref="Log1p"/> into this tensor (<c>log1p_</c>).</summary>
    public Tensor Log1pInPlace() => s_log1p.RunInPlace(this);

    /// <summary>Logarithm to base 2 (<c>torch.log2</c>).</summary>
    public Tensor Log2() => s_log2.Apply(this);

    /// <summary><see cref="Log2"/> into this tensor (<c>log2_</c>).</summary>
    public Tensor Log2InPlace() => s_log2.RunInPlace(this);

    /// <summary>Logarithm to base 10 (<c>torch.log10</c>).</summary>
    public Tensor Log10() => s_log10.Apply(this);

    /// <summary><see cref="Log10"/> into this tensor (<c>log10_</c>).</summary>
    public Tensor Log10InPlace() => s_log10.RunInPlace(this);

    /// <summary>1 / (1 + exp(-x)) (<c>torch.sigmoid</c>).</summary>
    public Tensor Sigmoid() => s_sigmoid.Apply(this);

    /// <summary><see cref="Sigmoid"/> into this tensor (<c>sigmoid_</c>).</summary>
    public Tensor SigmoidInPlace() => s_sigmoid.RunInPlace(this);

    /// <summary>Error function (<c>torch.erf</c>).</summary>
    public Tensor Erf() => s_erf.Apply(this);

    /// <summary><see cref="Erf"/> into this tensor (<c>erf_</c>).</summary>
    public Tensor ErfInPlace() => s_erf.RunInPlace(this);

    /// <summary>1 - erf(x), exact in the tail (<c>torch.erfc</c>).</summary>
    public Tensor Erfc() => s_erfc.Apply(this);

    /// <summary><see cref="Erfc"/> into this tensor (<c>erfc_</c>).</summary>
    public Tensor ErfcInPlace() => s_erfc.RunInPlace(this);

    /// <summary>Inverse of the error function; infinite at -1 and 1, NaN beyond (<c>torch.erfinv</c>).</summary>
    public Tensor Erfinv() => s_erfinv.Apply(this);

    /// <summary><see cref="Erfinv"/> into this tensor (<c>erfinv_</c>).</summary>
    public Tensor ErfinvInPlace() => s_erfinv.RunInPlace(this);
}
