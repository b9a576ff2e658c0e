namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_lgamma = new("lgamma", static x => Primitive.Lgamma.Of(x));
    private static readonly Pointwise s_digamma = new("digamma", static x => Primitive.Digamma.Of(x));
    private static readonly Pointwise s_polygamma = new("polygamma", 2, static x => Primitive.Polygamma.Of(x[0], x[1]), null, ResultType.Floating);
    private static readonly Pointwise s_igamma = new("igamma", static (a, x) => Primitive.Igamma.Of(a, x), ResultType.Floating);
    private static readonly Pointwise s_igammac = new("igammac", static (a, x) => Primitive.Igammac.Of(a, x), ResultType.Floating);

    /// <summary>Logarithm of the absolute value of the gamma function (<c>torch.lgamma</c>).</summary>
    public Tensor Lgamma() => s_lgamma.Apply(this);

    /// <summary><see cref="Lgamma"/> into this tensor (<c>lgamma_</c>).</summary>
    public Tensor LgammaInPlace() => s_lgamma.RunInPlace(this);

    /// <summary>Derivative of the logarithm of the gamma function (<c>torch.digamma</c>).</summary>
    public Tensor Digamma() => s_digamma.Apply(this);

    /// <summary><see cref="Digamma"/> into this tensor (<c>digamma_</c>).</summary>
    public Tensor DigammaInPlace() => s_digamma.RunInPlace(this);

    /// <summary>The n-th derivative of <see cref="Digamma"/> (<c>torch.polygamma</c>).</summary>
    /// <exception cref="ArgumentException"><paramref name="n"/> is negative.</exception>
    public Tensor Polygamma(long n) => n >= 0 ? s_polygamma.Apply(n, this) : throw NegativeOrder(n);

    /// <summary><see cref="Polygamma(long)"/> into this tensor (<c>polygamma_</c>).</summary>
    /// <exception cref="ArgumentException"><paramref name="n"/> is negative.</exception>
    public Tensor PolygammaInPlace(long n) => n >= 0 ? s_polygamma.RunInto(this, new Operand[] { n, InPlace.Original(this) }) : throw NegativeOrder(n);

    /// <summary>The n-th derivative of <see cref="Digamma"/> (<c>torch.polygamma</c>).</summary>
    /// <exception cref="ArgumentException"><paramref name="n"/> is negative.</exception>
    public static Tensor Polygamma(long n, Tensor input) => input.Polygamma(n);

    /// <summary>Logarithm of the multivariate gamma function of dimension <paramref name="p"/> (<c>torch.mvlgamma</c>).</summary>
    /// <exception cref="ArgumentException"><paramref name="p"/> is below 1.</exception>
    public Tensor Mvlgamma(long p)
    {
        if (p < 1) throw OperationError.Argument("mvlgamma", $"p has to be greater than or equal to 1, but got {p}");
        var type = DType.IsFloatingPoint() ? DType : DType.Float32;
        var shifts = Arange(0.5 * (1 - p), 0.25, 0.5, type);
        return To(type).Unsqueeze(-1).Add(shifts).Lgamma().Sum(-1).Add(0.25 * p * (p - 1) * Math.Log(Math.PI));
    }

    /// <summary><see cref="Mvlgamma"/> into this tensor (<c>mvlgamma_</c>).</summary>
    /// <exception cref="ArgumentException"><paramref name="p"/> is below 1.</exception>
    public Tensor MvlgammaInPlace(long p) => CopyInPlace(Mvlgamma(p));

    /// <summary>The regularised lower incomplete gamma function of this tensor (a) at other (x); differentiable in x only (<c>torch.igamma</c>).</summary>
    /// <exception cref="NotSupportedException">This tensor requires a gradient.</exception>
    public Tensor Igamma(Tensor other)
    {
        CheckNoGradient("igamma", this);
        return s_igamma.Apply(this, other);
    }

    /// <summary><see cref="Igamma"/> into this tensor (<c>igamma_</c>).</summary>
    /// <exception cref="NotSupportedException">This tensor requires a gradient.</exception>
    public Tensor IgammaInPlace(Tensor other)
    {
        CheckNoGradient("igamma", this);
        return s_igamma.RunInPlace(this, other);
    }

    /// <summary>The regularised upper incomplete gamma function of this tensor (a) at other (x); differentiable in x only (<c>torch.igammac</c>).</summary>
    /// <exception cref="NotSupportedException">This tensor requires a gradient.</exception>
    public Tensor Igammac(Tensor other)
    {
        CheckNoGradient("igammac", this);
        return s_igammac.Apply(this, other);
    }

    /// <summary><see cref="Igammac"/> into this tensor (<c>igammac_</c>).</summary>
    /// <exception cref="NotSupportedException">This tensor requires a gradient.</exception>
    public Tensor IgammacInPlace(Tensor other)
    {
        CheckNoGradient("igammac", this);
        return s_igammac.RunInPlace(this, other);
    }

    /// <summary>Refuses what would silently lose a gradient.</summary>
    internal static void CheckNoGradient(string operation, in Operand operand)
    {
        if (operand.Tensor is { RequiresGrad: true } && GradMode.Enabled)
            throw OperationError.NotSupported(operation, $"the derivative for '{operation}: input' is not implemented. Detach() the input");
    }

    private static ArgumentException NegativeOrder(long n) => OperationError.Argument("polygamma", $"polygamma(n, x) does not support negative n, but got {n}");
}
