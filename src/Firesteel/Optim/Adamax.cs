namespace Firesteel.Optim;

/// <summary>Adamax: Adam with the largest of the decayed gradients in place of the root of their squares (<c>torch.optim.Adamax</c>).</summary>
public sealed class Adamax : Optimizer
{
    private static readonly StepKernel?[] s_kernels = new StepKernel?[4];

    /// <summary>An optimizer of the given parameters (betas: 0.9 and 0.999).</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public Adamax(IEnumerable<Tensor> @params, double lr = 2e-3, (double Beta1, double Beta2)? betas = null, double eps = 1e-8, double weightDecay = 0, bool maximize = false)
        : this(One(@params), lr, betas, eps, weightDecay, maximize)
    {
    }

    /// <summary>An optimizer of the given groups; options that they do not set are taken from the arguments.</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public Adamax(IEnumerable<ParameterGroup> @params, double lr = 2e-3, (double Beta1, double Beta2)? betas = null, double eps = 1e-8, double weightDecay = 0, bool maximize = false)
        : base(@params, ("lr", lr), ("betas", betas ?? (0.9, 0.999)), ("eps", eps), ("weight_decay", weightDecay), ("maximize", maximize))
    {
    }

    internal override int NumberCount => 6;

    internal override void Prepare(ParameterGroup group, ParameterState state, Span<double> numbers)
    {
        var (beta1, beta2) = group.Betas;
        numbers[0] = -(group.Lr / (1 - Math.Pow(beta1, state.Step)));
        numbers[1] = group.WeightDecay;
        numbers[2] = beta1;
        numbers[3] = 1 - beta1;
        numbers[4] = beta2;
        numbers[5] = group.Number("eps");
    }

    internal override void Update(ParameterGroup group, Tensor parameter, Tensor gradient, ParameterState state, StepPlan plan)
    {
        Tensor average = state.ZerosLike("exp_avg", parameter), largest = state.ZerosLike("exp_inf", parameter);
        int variant = (group.Flag("maximize") ? 1 : 0) + (group.WeightDecay != 0 ? 2 : 0);
        plan.Add(Cached(s_kernels, variant, static v => Make(v)), "Adamax.step", [parameter, average, largest], [parameter, gradient, average, largest]);
    }

    private static StepKernel Make(int variant)
    {
        var p = Expr.In(0);
        var g = Decayed(Gradient(Expr.In(1), (variant & 1) != 0), p, Expr.In(5), (variant & 2) != 0);
        var average = Expr.In(2) * Expr.In(6) + Expr.In(7) * g;
        var largest = Expr.Max(Expr.In(3) * Expr.In(8), Expr.Abs(g) + Expr.In(9));
        return new StepKernel(10, p + Expr.In(4) * average / largest, average, largest);
    }
}
