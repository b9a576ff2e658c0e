using System.Collections;
using System.Globalization;

namespace Firesteel.Optim;

/// <summary>The settings of a scheduler under PyTorch's names. They are part of its state: one that goes on from a state goes on with its settings.</summary>
internal sealed class SchedulerSettings
{
    private readonly OrderedDictionary<string, object> _values = [];

    public SchedulerSettings(ReadOnlySpan<(string Name, object Value)> values)
    {
        foreach (var (name, value) in values) _values[name] = value;
    }

    public IReadOnlyDictionary<string, object> All => _values;

    public double Number(string name) => (double)_values[name];

    public long Integer(string name) => (long)_values[name];

    public bool Flag(string name) => (bool)_values[name];

    public string Text(string name) => (string)_values[name];

    public double[] Numbers(string name) => (double[])_values[name];

    public void Add(string name, object value) => _values[name] = value;

    /// <summary>The settings that a state has, in the types that they have here; others are left out.</summary>
    /// <exception cref="ArgumentException">One is of another kind.</exception>
    public List<(string Name, object Value)> Read(IReadOnlyDictionary<string, object> state)
    {
        var read = new List<(string, object)>();
        foreach (var (name, own) in _values)
            if (state.TryGetValue(name, out object? value)) read.Add((name, Converted(own, value) ?? throw new ArgumentException($"the state has something else than expected as '{name}'")));
        return read;
    }

    public void Set(List<(string Name, object Value)> values)
    {
        foreach (var (name, value) in values) _values[name] = value;
    }

    private static object? Converted(object own, object? value) => (own, value) switch
    {
        (bool, bool) or (string, string) => value,
        (double, IConvertible number and not (string or bool)) => number.ToDouble(CultureInfo.InvariantCulture),
        (long, IConvertible number and not (string or bool)) => number.ToInt64(CultureInfo.InvariantCulture),
        (double[], IEnumerable items and not string) when items.Cast<object>().ToArray() is var numbers && Array.TrueForAll(numbers, static n => n is IConvertible and not string) =>
            numbers.Select(static n => ((IConvertible)n).ToDouble(CultureInfo.InvariantCulture)).ToArray(),
        // Functions are not saved, and neither here nor there read back.
        (List<object?>, _) => own,
        _ => null,
    };
}
