using System.Collections;

namespace Firesteel.Nn;

/// <summary>A list of modules that are all part of the model (<c>torch.nn.ModuleList</c>). A field of type <c>List&lt;Module&gt;</c> does the same.</summary>
public class ModuleList : Module, IReadOnlyList<Module>
{
    private readonly NamedEntries<Module> _entries = new();

    /// <summary>A list of the given modules.</summary>
    public ModuleList(params Module[] modules) => Extend(modules);

    /// <summary>A list of the given modules.</summary>
    public ModuleList(IEnumerable<Module> modules) => Extend(modules);

    /// <summary>The number of modules.</summary>
    public int Count => _entries.Count;

    /// <summary>A module by its place; negative ones count from the end.</summary>
    /// <exception cref="IndexOutOfRangeException">No such place.</exception>
    public Module this[int index]
    {
        get => _entries[index];
        set => _entries[index] = value;
    }

    /// <summary>A module by its place; <c>^1</c> is the last.</summary>
    public Module this[Index index] => _entries[index.GetOffset(Count)];

    /// <summary>A new list of the modules in a range.</summary>
    public ModuleList this[Range range]
    {
        get
        {
            var (start, length) = range.GetOffsetAndLength(Count);
            return new ModuleList(_entries.Values.Skip(start).Take(length));
        }
    }

    /// <summary>Adds a module at the end.</summary>
    public void Add(Module module)
    {
        _entries.Add(_entries.FreeNumber(), module);
        module.SetParent(this, _entries.NameAt(-1));
    }

    /// <summary>Adds a module at the end and returns this list (<c>append</c>).</summary>
    public ModuleList Append(Module module)
    {
        Add(module);
        return this;
    }

    /// <summary>Adds modules at the end and returns this list (<c>extend</c>).</summary>
    public ModuleList Extend(IEnumerable<Module> modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        foreach (var module in modules) Add(module);
        return this;
    }

    /// <summary>Puts a module before another one (<c>insert</c>).</summary>
    public void Insert(int index, Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        _entries.Pairs.Insert(index, ("", module));
        _entries.Renumber();
    }

    /// <summary>The modules in order.</summary>
    public IEnumerator<Module> GetEnumerator() => _entries.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private protected override void CollectMembers(List<ModuleMember> members)
    {
        foreach (var (name, module) in _entries.Pairs) members.Add(new ModuleMember(name, module));
        base.CollectMembers(members);
    }
}
