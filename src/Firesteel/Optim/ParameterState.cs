namespace Firesteel.Optim;

/// <summary>What an optimizer remembers of one parameter: tensors of its shape and numbers, under PyTorch's names (<c>exp_avg</c>, <c>step</c>).</summary>
public sealed class ParameterState
{
    private readonly List<KeyValuePair<string, Tensor>> _tensors = [];
    private readonly List<KeyValuePair<string, double>> _numbers = [];
    private long _step;

    /// <summary>How often the parameter was updated.</summary>
    public long Step
    {
        get => _step;
        set
        {
            if (_step != value) Version++;
            _step = value;
        }
    }

    /// <summary>Counts a step, which is no change by anybody.</summary>
    internal void Count() => _step++;

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
            Version++;
            int at = _tensors.FindIndex(e => e.Key == name);
            if (at < 0) _tensors.Add(new(name, value));
            else _tensors[at] = new(name, value);
        }
    }

    /// <summary>The tensors.</summary>
    public IReadOnlyList<KeyValuePair<string, Tensor>> Tensors => _tensors;

    /// <summary>The numbers other than <see cref="Step"/>.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Numbers => _numbers;

    /// <summary>Changes whenever somebody sets the step, a tensor or a number.</summary>
    internal int Version { get; private set; }

    /// <summary>True once the optimizer has another state for the parameter.</summary>
    internal bool IsDropped { get; set; }

    /// <summary>A number by name, or <paramref name="otherwise"/> if there is none yet.</summary>
    public double Number(string name, double otherwise = 0)
    {
        foreach (var entry in _numbers) if (entry.Key == name) return entry.Value;
        return otherwise;
    }

    /// <summary>Sets a number.</summary>
    public void SetNumber(string name, double value)
    {
        Version++;
        int at = _numbers.FindIndex(e => e.Key == name);
        if (at < 0) _numbers.Add(new(name, value));
        else _numbers[at] = new(name, value);
    }

    /// <summary>A tensor by name, made of zeros like the parameter when it is first asked for.</summary>
    internal Tensor ZerosLike(string name, Tensor parameter) => this[name] ??= Tensor.ZerosLike(parameter);

    /// <summary>Computes the numbers of the next update; what the optimizer remembers in doing so is no change by anybody.</summary>
    internal void Prepare(Optimizer optimizer, ParameterGroup group, Span<double> numbers)
    {
        int version = Version;
        optimizer.Prepare(group, this, numbers);
        Version = version;
    }

    /// <summary>True if the next updates of both compute with the same numbers.</summary>
    internal bool IsInStepWith(ParameterState other)
    {
        if (Step != other.Step || _numbers.Count != other._numbers.Count) return false;
        foreach (var (name, value) in _numbers)
            if (!other.Number(name, double.NaN).Equals(value)) return false;
        return true;
    }

    /// <summary>Takes the numbers of a state that is in step with this one.</summary>
    internal void TakeNumbers(ParameterState other)
    {
        if (other._numbers.Count == 0) return;
        _numbers.Clear();
        _numbers.AddRange(other._numbers);
    }
}
