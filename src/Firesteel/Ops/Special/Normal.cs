namespace Firesteel;

public static partial class Special
{
    private static readonly Pointwise s_ndtr = new("special_ndtr", static x => 0.5 * Primitive.Erfc.Of(-InvSqrt2 * x));
    private static readonly Pointwise s_ndtri = new("special_ndtri", static x => Primitive.Ndtri.Of(x));
    private static readonly Pointwise s_logNdtr = new("special_log_ndtr", static x => Primitive.LogNdtr.Of(x));
    private static readonly Pointwise s_erfcx = new("special_erfcx", static x => Primitive.Erfcx.Of(x));
    private static readonly Pointwise s_entr = new("special_entr", static x => Expr.Where(x < 0, double.NegativeInfinity, -Primitive.Xlogy.Of(x, x)), static (x, y, g) => Expr.Where(x < 0, double.NaN, g * (-1 - Expr.Log(x))));

    /// <summary>Distribution function of the standard normal distribution (<c>torch.special.ndtr</c>).</summary>
    public static Tensor Ndtr(Tensor input) => s_ndtr.Apply(input);

    /// <summary>Quantile of the standard normal distribution (<c>torch.special.ndtri</c>).</summary>
    public static Tensor Ndtri(Tensor input) => s_ndtri.Apply(input);

    /// <summary>Logarithm of the distribution function of the standard normal distribution, exact in the tail (<c>torch.special.log_ndtr</c>).</summary>
    public static Tensor LogNdtr(Tensor input) => s_logNdtr.Apply(input);

    /// <summary><c>exp(x * x) * erfc(x)</c>, exact in the tail (<c>torch.special.erfcx</c>).</summary>
    public static Tensor Erfcx(Tensor input) => s_erfcx.Apply(input);

    /// <summary>Entropy, <c>-x * log(x)</c>: 0 at 0 and minus infinity below (<c>torch.special.entr</c>).</summary>
    public static Tensor Entr(Tensor input) => s_entr.Apply(input);

    private const double InvSqrt2 = 0.7071067811865476;
}
