using System.Globalization;
using Firesteel.Io;
using Firesteel.Nn;

namespace Firesteel.Optim;

/// <summary>
/// Improves parameters by their gradients (<c>torch.optim.Optimizer</c>). To write another one, derive from this class and override
/// <see cref="Step()"/>; <see cref="StateOf"/> keeps what it has to remember.
/// </summary>
public abstract partial class Optimizer : IStateful
{
    private readonly List<ParameterGroup> _groups = [];
    private readonly Dictionary<Tensor, ParameterState> _state = new(ReferenceEqualityComparer.Instance);
    private readonly OrderedDictionary<string, object> _defaults = [];

    /// <summary>The latest first. Several, for those whose parameters have gradients in turn.</summary>
    private readonly List<StepPlan> _plans = [];

    /// <summary>An optimizer of groups, whose options are filled up from the defaults.</summary>
    /// <exception cref="ArgumentException">There are no parameters, one is no leaf or stands twice, or an option is out of range.</exception>
    protected Optimizer(IEnumerable<ParameterGroup> @params, params ReadOnlySpan<(string Name, object Value)> defaults)
    {
        ArgumentNullException.ThrowIfNull(@params);
        foreach (var (name, value) in defaults) _defaults[name] = value;
        var check = new ParameterGroup([]);
        check.SetDefaults(_defaults);
        Validate(check);
        foreach (var group in @params) AddParamGroup(group);
        if (_groups.Count == 0 || _groups is [{ Params.Count: 0 }]) throw new ArgumentException("optimizer got an empty parameter list", nameof(@params));
    }

    /// <summary>The groups of parameters; their options can be changed at any time.</summary>
    public IReadOnlyList<ParameterGroup> ParamGroups => _groups;

    /// <summary>What was remembered for each parameter that had an update.</summary>
    public IReadOnlyDictionary<Tensor, ParameterState> State => _state;

    /// <summary>The options of groups that do not set them.</summary>
    public IReadOnlyDictionary<string, object> Defaults => _defaults;

    /// <summary>Adds a group (<c>add_param_group</c>).</summary>
    /// <exception cref="ArgumentException">A parameter is no leaf or is in a group already, or an option is out of range.</exception>
    public virtual void AddParamGroup(ParameterGroup paramGroup)
    {
        ArgumentNullException.ThrowIfNull(paramGroup);
        var own = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var parameter in paramGroup.Params)
        {
            if (!parameter.IsLeaf) throw new ArgumentException("can't optimize a non-leaf Tensor");
            if (!parameter.DType.IsFloatingPoint()) throw new ArgumentException($"can't optimize a tensor of {parameter.DType.Name()}: only floating-point tensors have gradients");
            if (!own.Add(parameter)) throw new ArgumentException("optimizer contains a parameter group with duplicate parameters");
            foreach (var group in _groups)
                if (group.Params.Any(p => ReferenceEquals(p, parameter))) throw new ArgumentException("some parameters appear in more than one parameter group");
        }
        paramGroup.SetDefaults(_defaults);
        Validate(paramGroup);
        _groups.Add(paramGroup);
    }

    /// <summary>Forgets the gradients, or sets them to zero (<c>zero_grad</c>).</summary>
    public void ZeroGrad(bool setToNone = true)
    {
        foreach (var group in _groups)
            foreach (var parameter in group.Members) Module.ZeroGrad(parameter, setToNone);
    }

    /// <summary>Updates every parameter that has a gradient (<c>step</c>).</summary>
    public virtual void Step()
    {
        if (Recorder.Current is { } recorder) Recorded(recorder);
        else
        {
            var plan = Plan();
            plan.Advance();
            plan.Run();
        }
    }

    /// <summary>The same while a step is captured: replays advance anew, and choose other kernels only if an option begins or ceases to matter.</summary>
    private void Recorded(Recorder recorder)
    {
        StepPlan plan = null!;
        recorder.Quietly(() => plan = Plan());
        Recorder.NoteDependency(new OptimizerGuard(this, plan));
        Recorder.Repeat(plan.Advance, GetType().Name + ".Step", plan);
        recorder.Quietly(plan.Run);
    }

    private const int MostPlans = 8;

    /// <summary>How the gradients that are there now are worked off.</summary>
    private StepPlan Plan()
    {
        for (int i = 0; i < _plans.Count; i++)
        {
            var known = _plans[i];
            if (!known.Holds())
            {
                _plans.RemoveAt(i--);
                continue;
            }
            if (!known.Fits()) continue;
            if (i > 0)
            {
                _plans.RemoveAt(i);
                _plans.Insert(0, known);
            }
            return known;
        }
        var plan = new StepPlan(this, StateOf);
        if (_plans.Count == MostPlans) _plans.RemoveAt(MostPlans - 1);
        _plans.Insert(0, plan);
        return plan;
    }

    /// <summary>Computes the loss with <paramref name="closure"/>, which also has to compute the gradients, updates the parameters, and returns the loss (<c>step(closure)</c>).</summary>
    public virtual Tensor Step(Func<Tensor> closure)
    {
        ArgumentNullException.ThrowIfNull(closure);
        Tensor loss;
        using (Autograd.EnableGrad()) loss = closure();
        Step();
        return loss;
    }

    /// <summary>What is remembered for a parameter; empty before its first update.</summary>
    protected ParameterState StateOf(Tensor parameter)
    {
        if (!_state.TryGetValue(parameter, out var state)) _state[parameter] = state = new ParameterState();
        return state;
    }

    /// <summary>The number of numbers that an update reads.</summary>
    internal virtual int NumberCount => 0;

    /// <summary>Computes the numbers of the update that <see cref="ParameterState.Step"/> counts.</summary>
    internal virtual void Prepare(ParameterGroup group, ParameterState state, Span<double> numbers)
    {
    }

    /// <summary>Tells a plan what the update of one parameter runs.</summary>
    internal virtual void Update(ParameterGroup group, Tensor parameter, Tensor gradient, ParameterState state, StepPlan plan) =>
        throw new NotImplementedException($"{GetType().Name} does not override Step().");

    /// <summary>Refuses options out of range.</summary>
    private protected virtual void Validate(ParameterGroup group)
    {
        AtLeastZero(group, "lr", "learning rate");
        AtLeastZero(group, "eps", "epsilon value");
        AtLeastZero(group, "weight_decay", "weight_decay value");
        if (!group.Has("betas")) return;
        var (beta1, beta2) = group.Betas;
        if (!(beta1 is >= 0 and < 1)) throw new ArgumentException($"Invalid beta parameter at index 0: {Text(beta1)}");
        if (!(beta2 is >= 0 and < 1)) throw new ArgumentException($"Invalid beta parameter at index 1: {Text(beta2)}");
    }

    private protected static void AtLeastZero(ParameterGroup group, string option, string description)
    {
        if (group.Has(option) && !(group.Number(option) >= 0)) throw new ArgumentException($"Invalid {description}: {Text(group.Number(option))}");
    }

    private protected static string Text(double value) => value.ToString(value == Math.Floor(value) && Math.Abs(value) < 1e16 ? "F1" : "R", CultureInfo.InvariantCulture).Replace('E', 'e');

    private protected static ParameterGroup[] One(IEnumerable<Tensor> @params) => [new ParameterGroup(@params)];

    // What most formulas start with: the gradient, turned round to maximize, and with the decay of weights.

    private protected static Expr Gradient(Expr gradient, bool maximize) => maximize ? -gradient : gradient;

    private protected static Expr Decayed(Expr gradient, Expr parameter, Expr weightDecay, bool decays) => decays ? gradient + weightDecay * parameter : gradient;

    /// <summary>A kernel of a table, made when it is first needed.</summary>
    private protected static StepKernel Cached(StepKernel?[] kernels, int index, Func<int, StepKernel> make) => kernels[index] ??= make(index);

    /// <summary>As PyTorch prints it.</summary>
    public override string ToString()
    {
        var text = new System.Text.StringBuilder(GetType().Name).Append(" (");
        for (int i = 0; i < _groups.Count; i++)
        {
            text.Append($"\nParameter Group {i}\n");
            foreach (var (name, value) in _groups[i].Options.OrderBy(static o => o.Key, StringComparer.Ordinal))
                text.Append($"    {name}: {value switch { double d => d == Math.Floor(d) && Math.Abs(d) < 1e16 ? d.ToString("F0", CultureInfo.InvariantCulture) : Text(d), ValueTuple<double, double> pair => $"({Text(pair.Item1)}, {Text(pair.Item2)})", bool b => b ? "True" : "False", _ => value }}\n");
        }
        return text.Append(')').ToString();
    }
}
