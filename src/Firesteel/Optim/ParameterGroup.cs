using System.Globalization;

namespace Firesteel.Optim;

/// <summary>Parameters that an optimizer treats alike, and their options (an element of <c>optimizer.param_groups</c>). Options that are not set take the optimizer's defaults.</summary>
/// <example><code>
/// new SGD([new ParameterGroup(backbone.Parameters()) { Lr = 0.001 }, new ParameterGroup(head.Parameters())], lr: 0.1);
/// </code></example>
public sealed class ParameterGroup
{
    private readonly List<Tensor> _params;
    private readonly OrderedDictionary<string, object> _options = [];

    /// <summary>A group of the given parameters.</summary>
    public ParameterGroup(IEnumerable<Tensor> @params)
    {
        ArgumentNullException.ThrowIfNull(@params);
        _params = [.. @params];
    }

    /// <summary>The parameters.</summary>
    public IReadOnlyList<Tensor> Params => _params;

    /// <summary>The options that are set, under PyTorch's names (<c>lr</c>, <c>weight_decay</c>, ...).</summary>
    public IReadOnlyDictionary<string, object> Options => _options;

    /// <summary>An option under PyTorch's name.</summary>
    /// <exception cref="KeyNotFoundException">It is not set.</exception>
    public object this[string option]
    {
        get
        {
            if (!_options.TryGetValue(option, out var value)) throw new KeyNotFoundException($"The parameter group has no option '{option}'; it has {string.Join(", ", _options.Keys)}.");
            if (Recorder.Any) Recorder.NoteDependency(new OptionGuard(this, option, value));
            return value;
        }

        set => _options[option] = value ?? throw new ArgumentNullException(nameof(value));
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
    internal object? Current(string option) => _options.GetValueOrDefault(option);

    internal double Number(string option) => this[option] is double number ? number : Convert.ToDouble(this[option], CultureInfo.InvariantCulture);

    internal bool Flag(string option) => _options.TryGetValue(option, out var value) && Convert.ToBoolean(value, CultureInfo.InvariantCulture);

    internal (double, double) Pair(string option) => ((double, double))this[option];

    internal void SetDefaults(IEnumerable<KeyValuePair<string, object>> defaults)
    {
        foreach (var (name, value) in defaults) _options.TryAdd(name, value);
    }

    internal void ReplaceParam(int index, Tensor value) => _params[index] = value;
}
