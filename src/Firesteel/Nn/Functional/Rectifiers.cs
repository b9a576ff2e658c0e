namespace Firesteel.Nn;

public static partial class Functional
{
    private const double SeluAlpha = 1.6732632423543772;
    private const double SeluScale = 1.0507009873554805;

    private static readonly Pointwise s_prelu = new("prelu", static (x, weight) => Expr.Where(x > 0, x, x * weight));
    private static readonly Pointwise s_elu = new("elu", static (x, alpha) => Expr.Where(x <= 0, Expr.Expm1(Expr.Where(x <= 0, x, 0)) * alpha, x));
    private static readonly Pointwise s_selu = new("elu", static x => SeluScale * Expr.Where(x <= 0, Expr.Expm1(Expr.Where(x <= 0, x, 0)) * SeluAlpha, x), null, ResultType.Promoted);
    private static readonly Pointwise s_celu = new("celu", static (x, alpha) => Expr.Where(x <= 0, Expr.Expm1(Expr.Where(x <= 0, x, 0) / alpha) * alpha, x));
    private static readonly Pointwise s_leakyRelu = new("leaky_relu", static (x, slope) => Expr.Where(x > 0, x, x * slope));
    private static readonly Pointwise s_hardtanh = new("hardtanh", 3, static x => Expr.Min(Expr.Max(x[0], x[1]), x[2]),
        static (x, y, g) => [Expr.Where(x[0] <= x[1], 0, Expr.Where(x[0] >= x[2], 0, g)), null, null], ResultType.Promoted);
    private static readonly Pointwise s_hardsigmoid = new("hardsigmoid", static x => Expr.Min(Expr.Max(x + 3, 0), 6) / 6, static (x, y, g) => Expr.Where(Expr.Abs(x) < 3, g / 6, 0), ResultType.Promoted);
    private static readonly Pointwise s_hardswish = new("hardswish", static x => x * Expr.Min(Expr.Max(x + 3, 0), 6) / 6, static (x, y, g) => Expr.Where(x < -3, 0, Expr.Where(x <= 3, g * (x / 3 + 0.5), g)), ResultType.Promoted);
    private static readonly Pointwise s_threshold = new("threshold", static (x, threshold, value) => Expr.Where(x <= threshold, value, x));
    private static readonly Pointwise s_softshrink = new("softshrink", static (x, lambd) => Expr.Where(x > lambd, x - lambd, Expr.Where(x < -lambd, x + lambd, 0)));
    private static readonly Pointwise s_hardshrink = new("hardshrink", static (x, lambd) => Expr.Where(Expr.Abs(x) <= lambd, 0, x));

    /// <summary>x where positive, else <c>alpha * (exp(x) - 1)</c> (<c>torch.nn.functional.elu</c>).</summary>
    public static Tensor Elu(Tensor input, double alpha = 1.0, bool inplace = false) => Activate(s_elu, input, inplace, alpha);

    /// <summary>The scaled exponential linear unit, which keeps mean 0 and variance 1 (<c>torch.nn.functional.selu</c>).</summary>
    public static Tensor Selu(Tensor input, bool inplace = false) => Activate(s_selu, input, inplace);

    /// <summary>x where positive, else <c>alpha * (exp(x / alpha) - 1)</c> (<c>torch.nn.functional.celu</c>).</summary>
    /// <exception cref="ArgumentException"><c>alpha</c> is 0.</exception>
    public static Tensor Celu(Tensor input, double alpha = 1.0, bool inplace = false)
    {
        if (alpha == 0) throw OperationError.Argument("celu", "ZeroDivisionError: alpha cannot be 0 for CELU");
        return Activate(s_celu, input, inplace, alpha);
    }

    /// <summary>x where positive, else <c>negativeSlope * x</c> (<c>torch.nn.functional.leaky_relu</c>).</summary>
    public static Tensor LeakyRelu(Tensor input, double negativeSlope = 0.01, bool inplace = false) => Activate(s_leakyRelu, input, inplace, negativeSlope);

    /// <summary>x, but not below <c>minVal</c> and not above <c>maxVal</c> (<c>torch.nn.functional.hardtanh</c>).</summary>
    public static Tensor Hardtanh(Tensor input, double minVal = -1.0, double maxVal = 1.0, bool inplace = false) => Activate(s_hardtanh, input, inplace, InKindOf(input, minVal), InKindOf(input, maxVal));

    /// <summary><c>(x + 3) / 6</c>, but within 0 and 1 (<c>torch.nn.functional.hardsigmoid</c>).</summary>
    public static Tensor Hardsigmoid(Tensor input, bool inplace = false) => Activate(s_hardsigmoid, input, inplace);

    /// <summary><c>x * hardsigmoid(x)</c> (<c>torch.nn.functional.hardswish</c>).</summary>
    public static Tensor Hardswish(Tensor input, bool inplace = false) => Activate(s_hardswish, input, inplace);

    /// <summary>x where above the threshold, else the value (<c>torch.nn.functional.threshold</c>).</summary>
    public static Tensor Threshold(Tensor input, double threshold, double value, bool inplace = false) => Activate(s_threshold, input, inplace, InKindOf(input, threshold), InKindOf(input, value));

    /// <summary>x moved toward 0 by <c>lambd</c>, at most to 0 (<c>torch.nn.functional.softshrink</c>).</summary>
    /// <exception cref="ArgumentException"><c>lambd</c> is negative.</exception>
    public static Tensor Softshrink(Tensor input, double lambd = 0.5)
    {
        if (!(lambd >= 0)) throw OperationError.Argument("softshrink", $"lambda must be greater or equal to 0, but found to be {lambd}");
        return s_softshrink.Apply(input, lambd);
    }

    /// <summary>0 between <c>-lambd</c> and <c>lambd</c>, else x (<c>torch.nn.functional.hardshrink</c>).</summary>
    public static Tensor Hardshrink(Tensor input, double lambd = 0.5) => s_hardshrink.Apply(input, lambd);

    /// <summary>Each element, but not below 0 (<c>torch.nn.functional.relu</c>).</summary>
    /// <exception cref="NotSupportedException">The tensor is of dtype bool.</exception>
    public static Tensor Relu(Tensor input, bool inplace = false) => inplace ? input.ReluInPlace() : input.Relu();

    /// <summary>Each element, but within 0 and 6 (<c>torch.nn.functional.relu6</c>).</summary>
    public static Tensor Relu6(Tensor input, bool inplace = false) => Hardtanh(input, 0, 6, inplace);

    /// <summary>x where positive, else x times the weight: one for all, or one per channel, that is per index of dimension 1 (<c>torch.nn.functional.prelu</c>).</summary>
    /// <exception cref="ArgumentException">The weight is neither one number nor a vector of one per channel.</exception>
    public static Tensor Prelu(Tensor input, Tensor weight)
    {
        if (weight.Ndim > 1) throw OperationError.Argument("prelu", $"expected `weight` to be a scalar or 1D tensor, but got ndim = {weight.Ndim}");
        if (weight.NumElements == 1) return s_prelu.Apply(input, input.Ndim == 0 && weight.Ndim == 1 ? weight.Squeeze() : weight);
        if (input.Ndim == 0) throw OperationError.Argument("prelu", "not allow zero-dim input tensor.");
        long channels = input.Ndim > 1 ? input.Size(1) : 1;
        if (weight.NumElements != channels)
            throw OperationError.Argument("prelu", $"mismatch of parameter numbers and input channel size. Found parameter numbers = {weight.NumElements} and channel size = {channels}.");
        var sizes = new long[input.Ndim - 1];
        Array.Fill(sizes, 1);
        sizes[0] = channels;
        return s_prelu.Apply(input, weight.Reshape(sizes));
    }

    /// <summary>
    /// x where positive, else x times a slope: in training drawn for each such element from [lower, upper), else their mean
    /// (<c>torch.nn.functional.rrelu</c>).
    /// </summary>
    /// <exception cref="ArgumentException"><paramref name="lower"/> is above <paramref name="upper"/>.</exception>
    public static Tensor Rrelu(Tensor input, double lower = 1.0 / 8, double upper = 1.0 / 3, bool training = false, bool inplace = false)
    {
        if (!(lower <= upper)) throw OperationError.Argument("rrelu", $"lower bound should be less than or equal to the upper bound, but got {lower} and {upper}");
        if (!training) return LeakyRelu(input, (lower + upper) / 2, inplace);
        return Activate(s_prelu, input, inplace, RandomSlopes(input, lower, upper));
    }

    /// <summary>A slope for each element. As in PyTorch only elements that are not positive take a number from the generator, in row-major order, so how many are drawn depends on the data.</summary>
    private static Tensor RandomSlopes(Tensor input, double lower, double upper)
    {
        bool[] draws = (input.Detach() <= 0).ToArray<bool>();
        double[] drawn = Tensor.Empty([draws.Count(static d => d)], DType.Float64).UniformInPlace(lower, upper).ToArray<double>();
        var slopes = new double[draws.Length];
        for (int i = 0, next = 0; i < draws.Length; i++) slopes[i] = draws[i] ? drawn[next++] : 1;
        return Tensor.From(slopes, input.DType).View(input.Shape);
    }

    /// <summary>The integer part for an integer tensor, so that its dtype stays.</summary>
    private static Scalar InKindOf(Tensor input, double value) => input.DType.IsFloatingPoint() ? value : (Scalar)(long)value;

    private static Tensor Activate(Pointwise operation, Tensor input, bool inplace, params ReadOnlySpan<Operand> others)
    {
        if (inplace) return operation.RunInPlace(input, others);
        return others.Length switch
        {
            0 => operation.Apply(input),
            1 => operation.Apply(input, others[0]),
            _ => operation.Apply(input, others[0], others[1]),
        };
    }
}
