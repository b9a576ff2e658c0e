namespace Firesteel.Optim;

/// <summary>Stochastic gradient descent, with momentum (<c>torch.optim.SGD</c>).</summary>
public sealed class SGD : Optimizer
{
    private static readonly StepKernel?[] s_kernels = new StepKernel?[32];

    /// <summary>An optimizer of the given parameters.</summary>
    /// <exception cref="ArgumentException">An argument out of range; <paramref name="nesterov"/> without momentum or with dampening.</exception>
    public SGD(IEnumerable<Tensor> @params, double lr, double momentum = 0, double dampening = 0, double weightDecay = 0, bool nesterov = false, bool maximize = false)
        : this(One(@params), lr, momentum, dampening, weightDecay, nesterov, maximize)
    {
    }

    /// <summary>An optimizer of the given groups; options that they do not set are taken from the arguments.</summary>
    /// <exception cref="ArgumentException">An argument out of range; <paramref name="nesterov"/> without momentum or with dampening.</exception>
    public SGD(IEnumerable<ParameterGroup> @params, double lr, double momentum = 0, double dampening = 0, double weightDecay = 0, bool nesterov = false, bool maximize = false)
        : base(@params, ("lr", lr), ("momentum", momentum), ("dampening", dampening), ("weight_decay", weightDecay), ("nesterov", nesterov), ("maximize", maximize))
    {
    }

    private protected override bool HasStep => false;

    internal override int NumberCount => 4;

    private protected override void Validate(ParameterGroup group)
    {
        base.Validate(group);
        AtLeastZero(group, "momentum", "momentum value");
        if (group.Flag("nesterov") && (group.Momentum <= 0 || group.Number("dampening") != 0)) throw new ArgumentException("Nesterov momentum requires a momentum and zero dampening");
    }

    internal override void Prepare(ParameterGroup group, ParameterState state, Span<double> numbers)
    {
        numbers[0] = -group.Lr;
        numbers[1] = group.WeightDecay;
        numbers[2] = group.Momentum;
        numbers[3] = 1 - group.Number("dampening");
    }

    internal override void Update(ParameterGroup group, Tensor parameter, Tensor gradient, ParameterState state, StepPlan plan)
    {
        int variant = (group.Flag("maximize") ? 1 : 0) + (group.WeightDecay != 0 ? 2 : 0);
        if (group.Momentum == 0)
        {
            plan.Add(Cached(s_kernels, variant, static v => Make(v)), "SGD.step", [parameter], [parameter, gradient, gradient]);
            return;
        }
        var buffer = state["momentum_buffer"];
        variant += 4 + (group.Flag("nesterov") ? 8 : 0) + (buffer is null ? 16 : 0);
        buffer ??= state["momentum_buffer"] = Tensor.EmptyLike(parameter);
        plan.Add(Cached(s_kernels, variant, static v => Make(v)), "SGD.step", [parameter, buffer], [parameter, gradient, (variant & 16) != 0 ? gradient : buffer]);
    }

    private static StepKernel Make(int variant)
    {
        Expr p = Expr.In(0), buffer = Expr.In(2), minusLr = Expr.In(3), momentum = Expr.In(5);
        var d = Decayed(Gradient(Expr.In(1), (variant & 1) != 0), p, Expr.In(4), (variant & 2) != 0);
        if ((variant & 4) == 0) return new StepKernel(7, p + minusLr * d);
        // The first step starts the buffer with the gradient as it is, without dampening.
        var next = (variant & 16) != 0 ? d : buffer * momentum + Expr.In(6) * d;
        return new StepKernel(7, p + minusLr * ((variant & 8) != 0 ? d + momentum * next : next), next);
    }
}
