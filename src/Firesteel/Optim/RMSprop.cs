namespace Firesteel.Optim;

/// <summary>RMSprop: divides by the root of the moving average of the squared gradient (<c>torch.optim.RMSprop</c>).</summary>
public sealed class RMSprop : Optimizer
{
    private static readonly StepKernel?[] s_kernels = new StepKernel?[16];

    /// <summary>An optimizer of the given parameters.</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public RMSprop(IEnumerable<Tensor> @params, double lr = 1e-2, double alpha = 0.99, double eps = 1e-8, double weightDecay = 0, double momentum = 0, bool centered = false, bool maximize = false)
        : this(One(@params), lr, alpha, eps, weightDecay, momentum, centered, maximize)
    {
    }

    /// <summary>An optimizer of the given groups; options that they do not set are taken from the arguments.</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public RMSprop(IEnumerable<ParameterGroup> @params, double lr = 1e-2, double alpha = 0.99, double eps = 1e-8, double weightDecay = 0, double momentum = 0, bool centered = false, bool maximize = false)
        : base(@params, ("lr", lr), ("momentum", momentum), ("alpha", alpha), ("eps", eps), ("centered", centered), ("weight_decay", weightDecay), ("maximize", maximize))
    {
    }

    private protected override bool StepIsInteger => true;

    internal override int NumberCount => 6;

    private protected override void Validate(ParameterGroup group)
    {
        base.Validate(group);
        AtLeastZero(group, "momentum", "momentum value");
        AtLeastZero(group, "alpha", "alpha value");
    }

    internal override void Prepare(ParameterGroup group, ParameterState state, Span<double> numbers)
    {
        numbers[0] = -group.Lr;
        numbers[1] = group.WeightDecay;
        numbers[2] = group.Number("alpha");
        numbers[3] = 1 - group.Number("alpha");
        numbers[4] = group.Number("eps");
        numbers[5] = group.Momentum;
    }

    internal override void Update(ParameterGroup group, Tensor parameter, Tensor gradient, ParameterState state, StepPlan plan)
    {
        var square = state.ZerosLike("square_avg", parameter);
        bool centered = group.Flag("centered"), momentum = group.Momentum > 0;
        // A tensor that a variant does not use is not read: the gradient stands in for it.
        var buffer = momentum ? state.ZerosLike("momentum_buffer", parameter) : gradient;
        var average = centered ? state.ZerosLike("grad_avg", parameter) : gradient;
        int variant = (group.Flag("maximize") ? 1 : 0) + (group.WeightDecay != 0 ? 2 : 0) + (centered ? 4 : 0) + (momentum ? 8 : 0);
        List<Tensor> outputs = [parameter, square];
        if (centered) outputs.Add(average);
        if (momentum) outputs.Add(buffer);
        plan.Add(Cached(s_kernels, variant, static v => Make(v)), "RMSprop.step", [.. outputs], [parameter, gradient, square, average, buffer]);
    }

    private static StepKernel Make(int variant)
    {
        bool centered = (variant & 4) != 0, momentum = (variant & 8) != 0;
        Expr p = Expr.In(0), minusLr = Expr.In(5), alpha = Expr.In(7), oneMinusAlpha = Expr.In(8), eps = Expr.In(9);
        var g = Decayed(Gradient(Expr.In(1), (variant & 1) != 0), p, Expr.In(6), (variant & 2) != 0);
        var square = Expr.In(2) * alpha + oneMinusAlpha * g * g;
        var average = Expr.In(3) * alpha + oneMinusAlpha * g;
        var root = Expr.Sqrt(centered ? square + -1 * average * average : square) + eps;
        var buffer = Expr.In(4) * Expr.In(10) + g / root;
        List<Expr> outputs = [momentum ? p + minusLr * buffer : p + minusLr * g / root, square];
        if (centered) outputs.Add(average);
        if (momentum) outputs.Add(buffer);
        return new StepKernel(11, [.. outputs]);
    }
}
