namespace Firesteel.Optim;

/// <summary>Resilient backpropagation: a step size for every element, which grows while the sign of its gradient stays (<c>torch.optim.Rprop</c>).</summary>
public sealed class Rprop : Optimizer
{
    private static readonly StepKernel?[] s_kernels = new StepKernel?[2];

    /// <summary>An optimizer of the given parameters (etas: 0.5 and 1.2; step sizes: 1e-6 to 50).</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public Rprop(IEnumerable<Tensor> @params, double lr = 1e-2, (double Minus, double Plus)? etas = null, (double Min, double Max)? stepSizes = null, bool maximize = false)
        : this(One(@params), lr, etas, stepSizes, maximize)
    {
    }

    /// <summary>An optimizer of the given groups; options that they do not set are taken from the arguments.</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public Rprop(IEnumerable<ParameterGroup> @params, double lr = 1e-2, (double Minus, double Plus)? etas = null, (double Min, double Max)? stepSizes = null, bool maximize = false)
        : base(@params, ("lr", lr), ("etas", etas ?? (0.5, 1.2)), ("step_sizes", stepSizes ?? (1e-6, 50.0)), ("maximize", maximize))
    {
    }

    private protected override bool StepIsInteger => true;

    internal override int NumberCount => 4;

    private protected override void Validate(ParameterGroup group)
    {
        base.Validate(group);
        var (minus, plus) = group.Pair("etas");
        if (!(minus > 0 && minus < 1 && plus > 1)) throw new ArgumentException($"Invalid eta values: {Text(minus)}, {Text(plus)}");
    }

    internal override void Prepare(ParameterGroup group, ParameterState state, Span<double> numbers)
    {
        (numbers[0], numbers[1]) = group.Pair("etas");
        (numbers[2], numbers[3]) = group.Pair("step_sizes");
    }

    internal override void Update(ParameterGroup group, Tensor parameter, Tensor gradient, ParameterState state, StepPlan plan)
    {
        var before = state.ZerosLike("prev", parameter);
        var sizes = state["step_size"] ??= Tensor.FullLike(parameter, group.Lr);
        plan.Add(Cached(s_kernels, group.Flag("maximize") ? 1 : 0, static v => Make(v)), "Rprop.step", [parameter, before, sizes], [parameter, gradient, before, sizes]);
    }

    private static StepKernel Make(int variant)
    {
        Expr p = Expr.In(0), minus = Expr.In(4), plus = Expr.In(5);
        var g = Gradient(Expr.In(1), variant != 0);
        var agreement = g * Expr.In(2);
        var factor = Expr.Where(agreement > 0, plus, Expr.Where(agreement < 0, minus, 1));
        var size = Expr.Min(Expr.Max(Expr.In(3) * factor, Expr.In(6)), Expr.In(7));
        var used = Expr.Where(agreement < 0, 0, g);
        return new StepKernel(8, p - Expr.Sign(used) * size, used, size);
    }
}
