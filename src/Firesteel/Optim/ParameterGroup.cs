using System.Globalization;
using System.Runtime.InteropServices;

namespace Firesteel.Optim;

/// <summary>Parameters that an optimizer treats alike, and their options (an element of <c>optimizer.param_groups</c>). Options that are not set take the optimizer's defaults.</summary>
/// <example><code>
/// new SGD([new ParameterGroup(backbone.Parameters()) { Lr = 0.001 }, new ParameterGroup(head.Parameters())], lr: 0.1);
/// </code></example>
public sealed class ParameterGroup
{
    private readonly List<Tensor> _params;
    private readonly OrderedDictionary<string, object> _options = [];

    /// <summary>
    /// The options that were asked for, by the very string: every update of every parameter asks for several, and names in programs are the same objects
    /// each time. Empty again after a change.
    /// </summary>
    private KeyValuePair<string, object>[] _asked = [];

    /// <summary>A group of the given parameters.</summary>
    public ParameterGroup(IEnumerable<Tensor> @params)
    {
        ArgumentNullException.ThrowIfNull(@params);
        _params = [.. @params];
    }

    /// <summary>The parameters.</summary>
    public IReadOnlyList<Tensor> Params => _params;

    /// <summary>The same for loops that are to be short.</summary>
    internal ReadOnlySpan<Tensor> Members => CollectionsMarshal.AsSpan(_params);

    /// <summary>The options that are set, under PyTorch's names (<c>lr</c>, <c>weight_decay</c>, ...).</summary>
    public IReadOnlyDictionary<string, object> Options => _options;

    /// <summary>An option under PyTorch's name.</summary>
    /// <exception cref="KeyNotFoundException">It is not set.</exception>
    public object this[string option]
    {
        get
        {
            if (Find(option) is not { } value) throw new KeyNotFoundException($"The parameter group has no option '{option}'; it has {string.Join(", ", _options.Keys)}.");
            if (Recorder.Any) Recorder.NoteDependency(new OptionGuard(this, option, value));
            return value;
        }

        set
        {
            ArgumentNullException.ThrowIfNull(value);
            if (option is not ("lr" or "initial_lr") && !(_options.TryGetValue(option, out var before) && Kind(before) == Kind(value))) Version++;
            _options[option] = value;
            _asked = [];
        }
    }

    /// <summary>Changes when an option begins or ceases to matter: a flag that is turned, a number that becomes 0 or another sign. Schedules of learning rates pass through 0, and no formula depends on that.</summary>
    internal int Version { get; private set; }

    /// <summary>What of an option decides which formula an update has.</summary>
    internal static int Kind(object value) => value switch
    {
        bool flag => flag ? 1 : 0,
        ValueTuple<double, double> => 2,
        IConvertible and not string => value is double.NaN ? 3 : Math.Sign(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        _ => 4,
    };

    private object? Find(string option)
    {
        var asked = _asked;
        foreach (ref readonly var known in asked.AsSpan())
            if (ReferenceEquals(known.Key, option)) return known.Value;
        if (!_options.TryGetValue(option, out var value)) return null;
        if (asked.Length < 16) _asked = [.. asked, new(option, value)];
        return value;
    }

    /// <summary>The learning rate (<c>lr</c>).</summary>
    public double Lr
    {
        get => Number("lr");
        set => this["lr"] = value;
    }

    /// <summary>The learning rate that a scheduler started from (<c>initial_lr</c>); the learning rate while there is none.</summary>
    public double InitialLr
    {
        get => Has("initial_lr") ? Number("initial_lr") : Lr;
        set => this["initial_lr"] = value;
    }

    /// <summary>The decay of weights (<c>weight_decay</c>).</summary>
    public double WeightDecay
    {
        get => Number("weight_decay");
        set => this["weight_decay"] = value;
    }

    /// <summary>The momentum (<c>momentum</c>).</summary>
    public double Momentum
    {
        get => Number("momentum");
        set => this["momentum"] = value;
    }

    /// <summary>The decay rates of the moving averages (<c>betas</c>).</summary>
    public (double Beta1, double Beta2) Betas
    {
        get => Pair("betas");
        set => this["betas"] = value;
    }

    /// <summary>Whether an option is set.</summary>
    public bool Has(string option) => _options.ContainsKey(option);

    /// <summary>The option without being noticed by a recorder; null if it is not set.</summary>
    internal object? Current(string option) => Find(option);

    internal double Number(string option) => this[option] is var value && value is double number ? number : Convert.ToDouble(value, CultureInfo.InvariantCulture);

    internal bool Flag(string option) => Find(option) is { } value && (value is bool flag ? flag : Convert.ToBoolean(value, CultureInfo.InvariantCulture));

    internal (double, double) Pair(string option) => ((double, double))this[option];

    internal void SetDefaults(IEnumerable<KeyValuePair<string, object>> defaults)
    {
        foreach (var (name, value) in defaults) _options.TryAdd(name, value);
        _asked = [];
    }

    internal void ReplaceParam(int index, Tensor value) => _params[index] = value;
}
