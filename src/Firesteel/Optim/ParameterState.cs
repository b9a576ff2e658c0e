namespace Firesteel.Optim;

/// <summary>What an optimizer remembers of one parameter: tensors of its shape and numbers, under PyTorch's names (<c>exp_avg</c>, <c>step</c>).</summary>
public sealed class ParameterState
{
    private readonly List<KeyValuePair<string, Tensor>> _tensors = [];
    private readonly List<KeyValuePair<string, double>> _numbers = [];

    /// <summary>How often the parameter was updated.</summary>
    public long Step { get; set; }

    /// <summary>A tensor by name; null if there is none yet.</summary>
    public Tensor? this[string name]
    {
        get
        {
            foreach (var entry in _tensors) if (entry.Key == name) return entry.Value;
            return null;
        }
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            int at = _tensors.FindIndex(e => e.Key == name);
            if (at < 0) _tensors.Add(new(name, value));
            else _tensors[at] = new(name, value);
        }
    }

    /// <summary>The tensors.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Tensors => _tensors;

    /// <summary>The numbers other than <see cref="Step"/>.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Numbers => _numbers;

    /// <summary>
    /// The numbers of the next update (learning rate, bias corrections, ...), in memory that kernels read: a recorded step sees what they are then.
    /// </summary>
    internal StepNumbers? Arguments { get; set; }

    /// <summary>A number by name, or <paramref name="otherwise"/> if there is none yet.</summary>
    public double Number(string name, double otherwise = 0)
    {
        foreach (var entry in _numbers) if (entry.Key == name) return entry.Value;
        return otherwise;
    }

    /// <summary>Sets a number.</summary>
    public void SetNumber(string name, double value)
    {
        int at = _numbers.FindIndex(e => e.Key == name);
        if (at < 0) _numbers.Add(new(name, value));
        else _numbers[at] = new(name, value);
    }

    /// <summary>A tensor by name, made of zeros like the parameter when it is first asked for.</summary>
    internal Tensor ZerosLike(string name, Tensor parameter) => this[name] ??= Tensor.ZerosLike(parameter);
}
