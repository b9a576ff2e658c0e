namespace Firesteel.Optim;

/// <summary>Averaged stochastic gradient descent: also keeps the average of the parameters (<c>torch.optim.ASGD</c>).</summary>
public sealed class ASGD : Optimizer
{
    private static readonly StepKernel?[] s_kernels = new StepKernel?[4];

    /// <summary>An optimizer of the given parameters.</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public ASGD(IEnumerable<Tensor> @params, double lr = 1e-2, double lambd = 1e-4, double alpha = 0.75, double t0 = 1e6, double weightDecay = 0, bool maximize = false)
        : this(One(@params), lr, lambd, alpha, t0, weightDecay, maximize)
    {
    }

    /// <summary>An optimizer of the given groups; options that they do not set are taken from the arguments.</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public ASGD(IEnumerable<ParameterGroup> @params, double lr = 1e-2, double lambd = 1e-4, double alpha = 0.75, double t0 = 1e6, double weightDecay = 0, bool maximize = false)
        : base(@params, ("lr", lr), ("lambd", lambd), ("alpha", alpha), ("t0", t0), ("weight_decay", weightDecay), ("maximize", maximize))
    {
    }

    internal override int NumberCount => 4;

    internal override void Prepare(ParameterGroup group, ParameterState state, Span<double> numbers)
    {
        double lambd = group.Number("lambd"), lr = group.Lr;
        // PyTorch keeps both in float32.
        double eta = (float)state.Number("eta", lr), mu = (float)state.Number("mu", 1);
        numbers[0] = -eta;
        numbers[1] = group.WeightDecay;
        numbers[2] = 1 - lambd * eta;
        numbers[3] = mu;
        state.SetNumber("eta", (float)(lr / Math.Pow(1 + lambd * lr * state.Step, group.Number("alpha"))));
        state.SetNumber("mu", (float)(1 / Math.Max(1, state.Step - group.Number("t0"))));
    }

    internal override void Update(ParameterGroup group, Tensor parameter, Tensor gradient, ParameterState state, StepPlan plan)
    {
        var average = state.ZerosLike("ax", parameter);
        int variant = (group.Flag("maximize") ? 1 : 0) + (group.WeightDecay != 0 ? 2 : 0);
        plan.Add(Cached(s_kernels, variant, static v => Make(v)), "ASGD.step", [parameter, average], [parameter, gradient, average]);
    }

    private static StepKernel Make(int variant)
    {
        Expr p = Expr.In(0), average = Expr.In(2), mu = Expr.In(6);
        var g = Decayed(Gradient(Expr.In(1), (variant & 1) != 0), p, Expr.In(4), (variant & 2) != 0);
        var next = p * Expr.In(5) + Expr.In(3) * g;
        return new StepKernel(7, next, Expr.Where(Expr.Eq(mu, 1), next, average + (next - average) * mu));
    }
}
