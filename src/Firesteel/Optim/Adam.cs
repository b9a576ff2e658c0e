namespace Firesteel.Optim;

/// <summary>Adam: steps by the moving average of the gradient over the root of that of its square (<c>torch.optim.Adam</c>).</summary>
public class Adam : Optimizer
{
    private static readonly StepKernel?[] s_kernels = new StepKernel?[16];

    /// <summary>True where the decay shrinks the weights themselves instead of joining the gradient.</summary>
    private readonly bool _decoupled;

    /// <summary>An optimizer of the given parameters.</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public Adam(IEnumerable<Tensor> @params, double lr = 1e-3, (double Beta1, double Beta2)? betas = null, double eps = 1e-8, double weightDecay = 0, bool amsgrad = false, bool maximize = false)
        : this(One(@params), lr, betas, eps, weightDecay, amsgrad, maximize)
    {
    }

    /// <summary>An optimizer of the given groups; options that they do not set are taken from the arguments (betas: 0.9 and 0.999).</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public Adam(IEnumerable<ParameterGroup> @params, double lr = 1e-3, (double Beta1, double Beta2)? betas = null, double eps = 1e-8, double weightDecay = 0, bool amsgrad = false, bool maximize = false)
        : base(@params, ("lr", lr), ("betas", betas ?? (0.9, 0.999)), ("eps", eps), ("weight_decay", weightDecay), ("amsgrad", amsgrad), ("maximize", maximize))
    {
    }

    private protected Adam(IEnumerable<ParameterGroup> groups, double lr, (double, double)? betas, double eps, double weightDecay, bool amsgrad, bool maximize, bool decoupled)
        : this(groups, lr, betas, eps, weightDecay, amsgrad, maximize) => _decoupled = decoupled;

    /// <summary>What a message calls the writer of a parameter.</summary>
    private string Writer => _decoupled ? "AdamW.step" : "Adam.step";

    internal override int NumberCount => 7;

    internal override void Prepare(ParameterGroup group, ParameterState state, Span<double> numbers)
    {
        var (beta1, beta2) = group.Betas;
        // The root of the corrected average of squares is that of the average over a number, by which numerator and denominator are multiplied here.
        double correction = Math.Sqrt(1 - Math.Pow(beta2, state.Step));
        numbers[0] = -(group.Lr * correction / (1 - Math.Pow(beta1, state.Step)));
        numbers[1] = _decoupled ? 1 - group.Lr * group.WeightDecay : group.WeightDecay;
        numbers[2] = beta1;
        numbers[3] = 1 - beta1;
        numbers[4] = beta2;
        numbers[5] = 1 - beta2;
        numbers[6] = group.Number("eps") * correction;
    }

    internal override void Update(ParameterGroup group, Tensor parameter, Tensor gradient, ParameterState state, StepPlan plan)
    {
        Tensor average = state.ZerosLike("exp_avg", parameter), square = state.ZerosLike("exp_avg_sq", parameter);
        int variant = (group.Flag("maximize") ? 1 : 0) + (group.WeightDecay != 0 ? 2 : 0) + (_decoupled ? 8 : 0);
        if (group.Flag("amsgrad"))
        {
            var largest = state.ZerosLike("max_exp_avg_sq", parameter);
            plan.Add(Cached(s_kernels, variant + 4, static v => Make(v)), Writer, [parameter, average, square, largest], [parameter, gradient, average, square, largest]);
        }
        else plan.Add(Cached(s_kernels, variant, static v => Make(v)), Writer, [parameter, average, square], [parameter, gradient, average, square]);
    }

    private static StepKernel Make(int variant)
    {
        bool amsgrad = (variant & 4) != 0;
        int first = amsgrad ? 5 : 4;
        Expr minusStep = Expr.In(first), decay = Expr.In(first + 1), beta1 = Expr.In(first + 2), oneMinusBeta1 = Expr.In(first + 3);
        Expr beta2 = Expr.In(first + 4), oneMinusBeta2 = Expr.In(first + 5), eps = Expr.In(first + 6);
        var p = Expr.In(0);
        var g = Gradient(Expr.In(1), (variant & 1) != 0);
        bool decays = (variant & 2) != 0, decoupled = (variant & 8) != 0;
        if (decays && decoupled) p = p * decay;
        else g = Decayed(g, p, decay, decays);
        var average = Expr.In(2) * beta1 + oneMinusBeta1 * g;
        var square = Expr.In(3) * beta2 + oneMinusBeta2 * g * g;
        var largest = amsgrad ? Expr.Max(Expr.In(4), square) : square;
        var next = p + minusStep * average / (Expr.Sqrt(largest) + eps);
        return amsgrad ? new StepKernel(12, next, average, square, largest) : new StepKernel(11, next, average, square);
    }
}
