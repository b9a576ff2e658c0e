using System.Collections;

namespace Firesteel.Nn;

/// <summary>Modules by name, in the order in which they were added (<c>torch.nn.ModuleDict</c>).</summary>
public class ModuleDict : Module, IEnumerable<KeyValuePair<string, Module>>
{
    private readonly NamedEntries<Module> _entries = new();

    /// <summary>The given modules with their names.</summary>
    public ModuleDict(params (string Name, Module Module)[] modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        foreach (var (name, module) in modules) this[name] = module;
    }

    /// <summary>The modules of a dictionary.</summary>
    public ModuleDict(IEnumerable<KeyValuePair<string, Module>> modules) => Update(modules);

    /// <summary>The number of modules.</summary>
    public int Count => _entries.Count;

    /// <summary>The names.</summary>
    public IReadOnlyList<string> Keys => [.. _entries.Pairs.Select(static p => p.Name)];

    /// <summary>The modules.</summary>
    public IReadOnlyList<Module> Values => [.. _entries.Values];

    /// <summary>A module by name; setting adds or replaces.</summary>
    /// <exception cref="KeyNotFoundException">No such name.</exception>
    public Module this[string key]
    {
        get => _entries.Get(key);
        set
        {
            _entries.Set(key, value);
            value.SetParent(this, key);
        }
    }

    /// <summary>Adds a module under a new name.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public void Add(string key, Module module)
    {
        _entries.Add(key, module);
        module.SetParent(this, key);
    }

    /// <summary>Adds or replaces modules (<c>update</c>).</summary>
    public void Update(IEnumerable<KeyValuePair<string, Module>> modules)
    {
        ArgumentNullException.ThrowIfNull(modules);
        foreach (var (name, module) in modules) this[name] = module;
    }

    /// <summary>Whether there is a module of this name.</summary>
    public bool ContainsKey(string key) => _entries.PlaceOf(key) >= 0;

    /// <summary>Removes a module; false if there is none of this name.</summary>
    public bool Remove(string key) => _entries.Pairs.RemoveAll(p => p.Name == key) > 0;

    /// <summary>Removes all modules (<c>clear</c>).</summary>
    public void Clear() => _entries.Pairs.Clear();

    /// <summary>The modules with their names, in order.</summary>
    public IEnumerator<KeyValuePair<string, Module>> GetEnumerator() => _entries.Pairs.Select(static p => KeyValuePair.Create(p.Name, p.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private protected override void CollectMembers(List<ModuleMember> members)
    {
        foreach (var (name, module) in _entries.Pairs) members.Add(new ModuleMember(name, module));
        base.CollectMembers(members);
    }
}
