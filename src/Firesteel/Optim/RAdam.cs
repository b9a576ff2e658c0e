namespace Firesteel.Optim;

/// <summary>Adam that waits with the division by the root of the squares until their average is reliable (<c>torch.optim.RAdam</c>).</summary>
public sealed class RAdam : Optimizer
{
    private static readonly StepKernel?[] s_kernels = new StepKernel?[2];

    /// <summary>An optimizer of the given parameters (betas: 0.9 and 0.999).</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public RAdam(IEnumerable<Tensor> @params, double lr = 1e-3, (double Beta1, double Beta2)? betas = null, double eps = 1e-8, double weightDecay = 0)
        : this(One(@params), lr, betas, eps, weightDecay)
    {
    }

    /// <summary>An optimizer of the given groups; options that they do not set are taken from the arguments.</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public RAdam(IEnumerable<ParameterGroup> @params, double lr = 1e-3, (double Beta1, double Beta2)? betas = null, double eps = 1e-8, double weightDecay = 0)
        : base(@params, ("lr", lr), ("betas", betas ?? (0.9, 0.999)), ("eps", eps), ("weight_decay", weightDecay))
    {
    }

    internal override int NumberCount => 10;

    internal override void Prepare(ParameterGroup group, ParameterState state, Span<double> numbers)
    {
        var (beta1, beta2) = group.Betas;
        double power = Math.Pow(beta2, state.Step), correction2 = 1 - power;
        double most = 2 / (1 - beta2) - 1, length = most - 2 * state.Step * power / correction2;
        numbers[0] = 1 - Math.Pow(beta1, state.Step);
        numbers[1] = group.WeightDecay;
        numbers[2] = beta1;
        numbers[3] = 1 - beta1;
        numbers[4] = beta2;
        numbers[5] = 1 - beta2;
        numbers[6] = group.Lr;
        numbers[7] = Math.Sqrt(correction2);
        numbers[8] = group.Number("eps");
        // 0 while the average is too short: then the step is not divided.
        numbers[9] = length > 5 ? Math.Sqrt((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length)) : 0;
    }

    internal override void Update(ParameterGroup group, Tensor parameter, Tensor gradient, ParameterState state, StepPlan plan)
    {
        Tensor average = state.ZerosLike("exp_avg", parameter), square = state.ZerosLike("exp_avg_sq", parameter);
        plan.Add(Cached(s_kernels, group.WeightDecay != 0 ? 1 : 0, static v => Make(v)), "RAdam.step", [parameter, average, square], [parameter, gradient, average, square]);
    }

    private static StepKernel Make(int variant)
    {
        Expr p = Expr.In(0), rectification = Expr.In(13);
        var g = Decayed(Expr.In(1), p, Expr.In(5), variant != 0);
        var average = Expr.In(2) * Expr.In(6) + Expr.In(7) * g;
        var square = Expr.In(3) * Expr.In(8) + Expr.In(9) * g * g;
        var plain = average / Expr.In(4) * Expr.In(10);
        var rectified = plain * (Expr.In(11) / (Expr.Sqrt(square) + Expr.In(12))) * rectification;
        return new StepKernel(14, p - Expr.Where(rectification > 0, rectified, plain), average, square);
    }
}
