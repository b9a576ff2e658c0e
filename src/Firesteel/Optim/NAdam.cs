namespace Firesteel.Optim;

/// <summary>Adam with Nesterov's momentum (<c>torch.optim.NAdam</c>).</summary>
public sealed class NAdam : Optimizer
{
    private static readonly StepKernel?[] s_kernels = new StepKernel?[2];

    /// <summary>An optimizer of the given parameters (betas: 0.9 and 0.999).</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public NAdam(IEnumerable<Tensor> @params, double lr = 2e-3, (double Beta1, double Beta2)? betas = null, double eps = 1e-8, double weightDecay = 0, double momentumDecay = 4e-3)
        : this(One(@params), lr, betas, eps, weightDecay, momentumDecay)
    {
    }

    /// <summary>An optimizer of the given groups; options that they do not set are taken from the arguments.</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public NAdam(IEnumerable<ParameterGroup> @params, double lr = 2e-3, (double Beta1, double Beta2)? betas = null, double eps = 1e-8, double weightDecay = 0, double momentumDecay = 4e-3)
        : base(@params, ("lr", lr), ("betas", betas ?? (0.9, 0.999)), ("eps", eps), ("weight_decay", weightDecay), ("momentum_decay", momentumDecay))
    {
    }

    internal override int NumberCount => 9;

    private protected override void Validate(ParameterGroup group)
    {
        base.Validate(group);
        AtLeastZero(group, "momentum_decay", "momentum_decay value");
    }

    internal override void Prepare(ParameterGroup group, ParameterState state, Span<double> numbers)
    {
        var (beta1, beta2) = group.Betas;
        double decay = group.Number("momentum_decay");
        double mu = beta1 * (1 - 0.5 * Math.Pow(0.96, state.Step * decay));
        double next = beta1 * (1 - 0.5 * Math.Pow(0.96, (state.Step + 1) * decay));
        // PyTorch keeps the product in float32.
        float product = (float)(state.Number("mu_product", 1) * mu);
        state.SetNumber("mu_product", product);
        numbers[0] = -group.Lr * (1 - mu) / (1 - product);
        numbers[1] = group.WeightDecay;
        numbers[2] = beta1;
        numbers[3] = 1 - beta1;
        numbers[4] = beta2;
        numbers[5] = 1 - beta2;
        numbers[6] = 1 - Math.Pow(beta2, state.Step);
        numbers[7] = group.Number("eps");
        numbers[8] = -group.Lr * next / (1 - (float)((float)(product * (float)mu) * (float)next));
    }

    internal override void Update(ParameterGroup group, Tensor parameter, Tensor gradient, ParameterState state, StepPlan plan)
    {
        Tensor average = state.ZerosLike("exp_avg", parameter), square = state.ZerosLike("exp_avg_sq", parameter);
        plan.Add(Cached(s_kernels, group.WeightDecay != 0 ? 1 : 0, static v => Make(v)), "NAdam.step", [parameter, average, square], [parameter, gradient, average, square]);
    }

    private static StepKernel Make(int variant)
    {
        var p = Expr.In(0);
        var g = Decayed(Expr.In(1), p, Expr.In(5), variant != 0);
        var average = Expr.In(2) * Expr.In(6) + Expr.In(7) * g;
        var square = Expr.In(3) * Expr.In(8) + Expr.In(9) * g * g;
        var root = Expr.Sqrt(square / Expr.In(10)) + Expr.In(11);
        return new StepKernel(13, p + Expr.In(4) * g / root + Expr.In(12) * average / root, average, square);
    }
}
