using System.Collections;

namespace Firesteel.Nn;

/// <summary>A list of parameters (<c>torch.nn.ParameterList</c>). A field of type <c>List&lt;Parameter&gt;</c> does the same.</summary>
public class ParameterList : Module, IReadOnlyList<Parameter>
{
    private readonly NamedEntries<Parameter> _entries = new();

    /// <summary>A list of the given tensors; those that are no parameters become ones that share their elements.</summary>
    public ParameterList(params Tensor[] values) => Extend(values);

    /// <summary>A list of the given tensors; those that are no parameters become ones that share their elements.</summary>
    public ParameterList(IEnumerable<Tensor> values) => Extend(values);

    /// <summary>The number of parameters.</summary>
    public int Count => _entries.Count;

    /// <summary>A parameter by its place; negative ones count from the end.</summary>
    /// <exception cref="IndexOutOfRangeException">No such place.</exception>
    public Parameter this[int index]
    {
        get => _entries[index];
        set => _entries[index] = value;
    }

    /// <summary>Adds a parameter at the end.</summary>
    public void Add(Tensor value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _entries.Add(_entries.FreeNumber(), value as Parameter ?? new Parameter(value));
    }

    /// <summary>Adds a parameter at the end and returns this list (<c>append</c>).</summary>
    public ParameterList Append(Tensor value)
    {
        Add(value);
        return this;
    }

    /// <summary>Adds parameters at the end and returns this list (<c>extend</c>).</summary>
    public ParameterList Extend(IEnumerable<Tensor> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var value in values) Add(value);
        return this;
    }

    /// <summary>The parameters in order.</summary>
    public IEnumerator<Parameter> GetEnumerator() => _entries.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    protected override string ExtraRepr() => string.Join('\n', _entries.Pairs.Select(static p => $"  ({p.Name}): Parameter containing: [torch.{p.Value.DType.Name()} of size {string.Join('x', p.Value.Shape)}]"));

    private protected override void CollectMembers(List<ModuleMember> members)
    {
        foreach (var (name, value) in _entries.Pairs) members.Add(new ModuleMember(name, value));
        base.CollectMembers(members);
    }
}
