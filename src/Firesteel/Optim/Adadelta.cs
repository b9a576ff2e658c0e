namespace Firesteel.Optim;

/// <summary>Adadelta: steps in units of the parameters, by moving averages of squared gradients and squared steps (<c>torch.optim.Adadelta</c>).</summary>
public sealed class Adadelta : Optimizer
{
    private static readonly StepKernel?[] s_kernels = new StepKernel?[4];

    /// <summary>An optimizer of the given parameters.</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public Adadelta(IEnumerable<Tensor> @params, double lr = 1.0, double rho = 0.9, double eps = 1e-6, double weightDecay = 0, bool maximize = false)
        : this(One(@params), lr, rho, eps, weightDecay, maximize)
    {
    }

    /// <summary>An optimizer of the given groups; options that they do not set are taken from the arguments.</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public Adadelta(IEnumerable<ParameterGroup> @params, double lr = 1.0, double rho = 0.9, double eps = 1e-6, double weightDecay = 0, bool maximize = false)
        : base(@params, ("lr", lr), ("rho", rho), ("eps", eps), ("weight_decay", weightDecay), ("maximize", maximize))
    {
    }

    private protected override bool StepIsInteger => true;

    internal override int NumberCount => 5;

    private protected override void Validate(ParameterGroup group)
    {
        base.Validate(group);
        if (!(group.Number("rho") is >= 0 and <= 1)) throw new ArgumentException($"Invalid rho value: {Text(group.Number("rho"))}");
    }

    internal override void Prepare(ParameterGroup group, ParameterState state, Span<double> numbers)
    {
        numbers[0] = -group.Lr;
        numbers[1] = group.WeightDecay;
        numbers[2] = group.Number("rho");
        numbers[3] = 1 - group.Number("rho");
        numbers[4] = group.Number("eps");
    }

    internal override void Update(ParameterGroup group, Tensor parameter, Tensor gradient, ParameterState state, StepPlan plan)
    {
        Tensor square = state.ZerosLike("square_avg", parameter), steps = state.ZerosLike("acc_delta", parameter);
        int variant = (group.Flag("maximize") ? 1 : 0) + (group.WeightDecay != 0 ? 2 : 0);
        plan.Add(Cached(s_kernels, variant, static v => Make(v)), "Adadelta.step", [parameter, square, steps], [parameter, gradient, square, steps]);
    }

    private static StepKernel Make(int variant)
    {
        Expr p = Expr.In(0), rho = Expr.In(6), oneMinusRho = Expr.In(7), eps = Expr.In(8);
        var g = Decayed(Gradient(Expr.In(1), (variant & 1) != 0), p, Expr.In(5), (variant & 2) != 0);
        var square = Expr.In(2) * rho + oneMinusRho * g * g;
        var delta = Expr.Sqrt(Expr.In(3) + eps) / Expr.Sqrt(square + eps) * g;
        return new StepKernel(9, p + Expr.In(4) * delta, square, Expr.In(3) * rho + oneMinusRho * delta * delta);
    }
}
