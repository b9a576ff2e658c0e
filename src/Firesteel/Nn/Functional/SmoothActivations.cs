namespace Firesteel.Nn;

public static partial class Functional
{
    private const double SqrtTwoOverPi = 0.7978845608028654;

    private static readonly Pointwise s_gelu = new("gelu", static x => Primitive.Gelu.Of(x));
    private static readonly Pointwise s_geluTanh = new("gelu", static x => x * Expr.Sigmoid(2 * SqrtTwoOverPi * (x + 0.044715 * (x * x * x)))); // (1 + tanh(u))/2 is sigmoid(2u)
    private static readonly Pointwise s_silu = new("silu", static x => x * Expr.Sigmoid(x), null, ResultType.Promoted);
    private static readonly Pointwise s_mish = new("mish", static x => x * Expr.Tanh(Primitive.Softplus.Of(x)), null, ResultType.Promoted);
    private static readonly Pointwise s_softplus = new("softplus", static (x, beta, threshold) => Expr.Where(x * beta > threshold, x, Primitive.Softplus.Of(x * beta) / beta));
    private static readonly Pointwise s_tanhshrink = new("tanhshrink", static x => x - Expr.Tanh(x));
    private static readonly Pointwise s_softsign = new("softsign", static x => x / (1 + Expr.Abs(x)));
    private static readonly Pointwise s_logsigmoid = new("log_sigmoid", static x => -Primitive.Softplus.Of(-x), null, ResultType.Promoted);

    /// <summary><c>x * sigmoid(x)</c>, also known as swish (<c>torch.nn.functional.silu</c>).</summary>
    public static Tensor Silu(Tensor input, bool inplace = false) => Activate(s_silu, input, inplace);

    /// <summary><c>x * tanh(softplus(x))</c> (<c>torch.nn.functional.mish</c>).</summary>
    public static Tensor Mish(Tensor input, bool inplace = false) => Activate(s_mish, input, inplace);

    /// <summary><c>log(1 + exp(beta * x)) / beta</c>; x itself where <c>beta * x</c> is above the threshold (<c>torch.nn.functional.softplus</c>).</summary>
    public static Tensor Softplus(Tensor input, double beta = 1, double threshold = 20) => s_softplus.Apply(input, beta, threshold);

    /// <summary><c>x - tanh(x)</c> (<c>torch.nn.functional.tanhshrink</c>).</summary>
    public static Tensor Tanhshrink(Tensor input) => s_tanhshrink.Apply(input);

    /// <summary><c>x / (1 + |x|)</c> (<c>torch.nn.functional.softsign</c>).</summary>
    public static Tensor Softsign(Tensor input) => s_softsign.Apply(input);

    /// <summary>Logarithm of the sigmoid, exact in the tails (<c>torch.nn.functional.logsigmoid</c>).</summary>
    public static Tensor Logsigmoid(Tensor input) => s_logsigmoid.Apply(input);

    /// <summary>x times the normal distribution function of x; <c>"tanh"</c> takes an approximation of it (<c>torch.nn.functional.gelu</c>).</summary>
    /// <exception cref="ArgumentException"><paramref name="approximate"/> is neither <c>"none"</c> nor <c>"tanh"</c>.</exception>
    public static Tensor Gelu(Tensor input, string approximate = "none") => approximate switch
    {
        "none" => s_gelu.Apply(input),
        "tanh" => s_geluTanh.Apply(input),
        _ => throw OperationError.Argument("gelu", $"approximate argument must be either none or tanh, not '{approximate}'."),
    };

    /// <summary>The first half of a dimension times the sigmoid of the second (<c>torch.nn.functional.glu</c>).</summary>
    /// <exception cref="ArgumentException">The size of the dimension is odd, or the tensor has no dimension.</exception>
    public static Tensor Glu(Tensor input, long dim = -1)
    {
        if (input.Ndim == 0) throw OperationError.Argument("glu", "does not support 0-dimensional tensors");
        int d = OperationError.Dim("glu", dim, input.Ndim);
        long size = input.Size(d);
        if (size % 2 != 0) throw OperationError.Argument("glu", $"halving dimension must be even, but dimension {d} is size {size}");
        return input.Narrow(d, 0, size / 2) * input.Narrow(d, size / 2, size / 2).Sigmoid();
    }

    /// <summary><c>1 / (1 + exp(-x))</c> (<c>torch.nn.functional.sigmoid</c>).</summary>
    public static Tensor Sigmoid(Tensor input) => input.Sigmoid();

    /// <summary>Hyperbolic tangent (<c>torch.nn.functional.tanh</c>).</summary>
    public static Tensor Tanh(Tensor input) => input.Tanh();
}
