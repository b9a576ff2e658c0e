using System.Collections;

namespace Firesteel.Nn;

/// <summary>Parameters by name, in the order in which they were added (<c>torch.nn.ParameterDict</c>).</summary>
public class ParameterDict : Module, IEnumerable<KeyValuePair<string, Parameter>>
{
    private readonly NamedEntries<Parameter> _entries = new();

    /// <summary>The given tensors with their names; those that are no parameters become ones that share their elements.</summary>
    public ParameterDict(params (string Name, Tensor Value)[] parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        foreach (var (name, value) in parameters) Set(name, value);
    }

    /// <summary>The number of parameters.</summary>
    public int Count => _entries.Count;

    /// <summary>The names.</summary>
    public IReadOnlyList<string> Keys => [.. _entries.Pairs.Select(static p => p.Name)];

    /// <summary>The parameters.</summary>
    public IReadOnlyList<Parameter> Values => [.. _entries.Values];

    /// <summary>A parameter by name; setting adds or replaces.</summary>
    /// <exception cref="KeyNotFoundException">No such name.</exception>
    public Parameter this[string key]
    {
        get => _entries.Get(key);
        set => _entries.Set(key, value);
    }

    /// <summary>Adds or replaces a parameter; a plain tensor becomes one.</summary>
    public void Set(string key, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _entries.Set(key, value as Parameter ?? new Parameter(value));
    }

    /// <summary>Adds a parameter under a new name.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void Add(string key, Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _entries.Add(key, value as Parameter ?? new Parameter(value));
    }

    /// <summary>Whether there is a parameter of this name.</summary>
    public bool ContainsKey(string key) => _entries.PlaceOf(key) >= 0;

    /// <summary>Removes a parameter; false if there is none of this name.</summary>
    public bool Remove(string key) => _entries.Pairs.RemoveAll(p => p.Name == key) > 0;

    /// <summary>The parameters with their names, in order.</summary>
    public IEnumerator<KeyValuePair<string, Parameter>> GetEnumerator() => _entries.Pairs.Select(static p => KeyValuePair.Create(p.Name, p.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    protected override string ExtraRepr() => string.Join('\n', _entries.Pairs.Select(static p => $"  ({p.Name}): Parameter containing: [torch.{TypeOf(p.Value.DType)} of size {string.Join('x', p.Value.Shape)}]"));

    /// <summary>PyTorch's old name of a type of tensors, which it prints here.</summary>
    private static string TypeOf(DType dtype) => dtype switch
    {
        DType.Float32 => "FloatTensor",
        DType.Float64 => "DoubleTensor",
        DType.Float16 => "HalfTensor",
        DType.BFloat16 => "BFloat16Tensor",
        DType.Int64 => "LongTensor",
        DType.Int32 => "IntTensor",
        DType.Int16 => "ShortTensor",
        DType.Int8 => "CharTensor",
        DType.UInt8 => "ByteTensor",
        _ => "BoolTensor",
    };

    private protected override void CollectMembers(List<ModuleMember> members)
    {
        foreach (var (name, value) in _entries.Pairs) members.Add(new ModuleMember(name, value));
        base.CollectMembers(members);
    }
}
