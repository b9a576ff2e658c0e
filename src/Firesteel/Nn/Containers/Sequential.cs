using System.Collections;

namespace Firesteel.Nn;

/// <summary>Modules one after the other, each taking the output of the one before (<c>torch.nn.Sequential</c>).</summary>
public class Sequential : Module, IReadOnlyList<Module>
{
    private readonly NamedEntries<Module> _entries = new();

    /// <summary>The given modules, named 0, 1, ...</summary>
    public Sequential(params Module[] modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        foreach (var module in modules) Add(module);
    }

    /// <summary>The given modules with names.</summary>
    /// <exception cref="ArgumentException">A name is empty, contains a dot or is taken.</exception>
    public Sequential(params (string Name, Module Module)[] modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        foreach (var (name, module) in modules) AddModule(name, module);
    }

    /// <summary>The number of modules.</summary>
    public int Count => _entries.Count;

    /// <summary>A module by its place; negative ones count from the end.</summary>
    /// <exception cref="IndexOutOfRangeException">No such place.</exception>
    public Module this[int index]
    {
        get => _entries[index];
        set
        {
            _entries[index] = value;
            value.SetParent(this, _entries.NameAt(index));
        }
    }

    /// <summary>A module by its place; <c>^1</c> is the last.</summary>
    public Module this[Index index] => _entries[index.GetOffset(Count)];

    /// <summary>A new Sequential of the modules in a range; they are shared with this one and keep their names.</summary>
    public Sequential this[Range range]
    {
        get
        {
            var (start, length) = range.GetOffsetAndLength(Count);
            return new Sequential([.. _entries.Pairs.GetRange(start, length).Select(static p => (p.Name, p.Value))]);
        }
    }

    /// <summary>Adds a module at the end, named by its place.</summary>
    public void Add(Module module) => AddModule(_entries.FreeNumber(), module);

    /// <summary>Adds a module at the end and returns this (<c>append</c>).</summary>
    public Sequential Append(Module module)
    {
        Add(module);
        return this;
    }

    /// <summary>Adds a module under a name (<c>add_module</c>).</summary>
    /// <exception cref="ArgumentException">The name is empty, contains a dot or is taken.</exception>
    public void AddModule(string name, Module module)
    {
        _entries.Add(name, module);
        module.SetParent(this, name);
    }

    /// <summary>The output of the last module.</summary>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        for (int i = 0; i < _entries.Count; i++) input = _entries[i].Call(input);
        return scope.Exit(input);
    }

    /// <summary>The modules in order.</summary>
    public IEnumerator<Module> GetEnumerator() => _entries.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal override string Brief() => $"{TypeName}({Count} modules)";

    private protected override void CollectMembers(List<ModuleMember> members)
    {
        foreach (var (name, module) in _entries.Pairs) members.Add(new ModuleMember(name, module));
        base.CollectMembers(members);
    }
}
