namespace Firesteel.Optim;

/// <summary>Adagrad: divides by the root of the sum of all squared gradients (<c>torch.optim.Adagrad</c>).</summary>
public sealed class Adagrad : Optimizer
{
    private static readonly StepKernel?[] s_kernels = new StepKernel?[4];

    /// <summary>An optimizer of the given parameters.</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public Adagrad(IEnumerable<Tensor> @params, double lr = 1e-2, double lrDecay = 0, double weightDecay = 0, double initialAccumulatorValue = 0, double eps = 1e-10, bool maximize = false)
        : this(One(@params), lr, lrDecay, weightDecay, initialAccumulatorValue, eps, maximize)
    {
    }

    /// <summary>An optimizer of the given groups; options that they do not set are taken from the arguments.</summary>
    /// <exception cref="ArgumentException">An argument out of range.</exception>
    public Adagrad(IEnumerable<ParameterGroup> @params, double lr = 1e-2, double lrDecay = 0, double weightDecay = 0, double initialAccumulatorValue = 0, double eps = 1e-10, bool maximize = false)
        : base(@params, ("lr", lr), ("lr_decay", lrDecay), ("eps", eps), ("weight_decay", weightDecay), ("initial_accumulator_value", initialAccumulatorValue), ("maximize", maximize))
    {
    }

    internal override int NumberCount => 3;

    private protected override void Validate(ParameterGroup group)
    {
        base.Validate(group);
        AtLeastZero(group, "lr_decay", "lr_decay value");
        AtLeastZero(group, "initial_accumulator_value", "initial_accumulator_value value");
    }

    internal override void Prepare(ParameterGroup group, ParameterState state, Span<double> numbers)
    {
        numbers[0] = -(group.Lr / (1 + (state.Step - 1) * group.Number("lr_decay")));
        numbers[1] = group.WeightDecay;
        numbers[2] = group.Number("eps");
    }

    internal override void Update(ParameterGroup group, Tensor parameter, Tensor gradient, ParameterState state, StepPlan plan)
    {
        var sum = state["sum"] ??= Tensor.FullLike(parameter, group.Number("initial_accumulator_value"));
        int variant = (group.Flag("maximize") ? 1 : 0) + (group.WeightDecay != 0 ? 2 : 0);
        plan.Add(Cached(s_kernels, variant, static v => Make(v)), "Adagrad.step", [parameter, sum], [parameter, gradient, sum]);
    }

    private static StepKernel Make(int variant)
    {
        var p = Expr.In(0);
        var g = Decayed(Gradient(Expr.In(1), (variant & 1) != 0), p, Expr.In(4), (variant & 2) != 0);
        var sum = Expr.In(2) + g * g;
        return new StepKernel(6, p + Expr.In(3) * g / (Expr.Sqrt(sum) + Expr.In(5)), sum);
    }
}
