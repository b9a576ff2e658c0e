namespace Firesteel.Nn;

public abstract partial class Module
{
    /// <summary>The parameters, buffers and modules that this module itself holds, in order.</summary>
    internal List<ModuleMember> Members()
    {
        var members = new List<ModuleMember>();
        CollectMembers(members);
        foreach (var member in members)
            if (member.Value is Module child) child.SetParent(this, member.Key);
        return members;
    }

    private protected virtual void CollectMembers(List<ModuleMember> members) => ModuleFields.Collect(this, members);

    /// <summary>All parameters, each once (<c>parameters()</c>).</summary>
    /// <param name="recurse">Those of the modules inside too.</param>
    public IReadOnlyList<Parameter> Parameters(bool recurse = true) => Values(Named<Parameter>("", recurse));

    /// <summary>All parameters with their names, each once under its first name (<c>named_parameters()</c>).</summary>
    public IReadOnlyList<(string Name, Parameter Parameter)> NamedParameters(string prefix = "", bool recurse = true) => Named<Parameter>(prefix, recurse);

    /// <summary>All buffers, each once (<c>buffers()</c>).</summary>
    public IReadOnlyList<Buffer> Buffers(bool recurse = true) => Values(Named<Buffer>("", recurse));

    /// <summary>All buffers with their names, each once under its first name (<c>named_buffers()</c>).</summary>
    public IReadOnlyList<(string Name, Buffer Buffer)> NamedBuffers(string prefix = "", bool recurse = true) => Named<Buffer>(prefix, recurse);

    /// <summary>The modules that this one holds itself, each once (<c>children()</c>).</summary>
    public IReadOnlyList<Module> Children() => [.. NamedChildren().Select(static c => c.Module)];

    /// <summary>The modules that this one holds itself with their names, each once (<c>named_children()</c>).</summary>
    public IReadOnlyList<(string Name, Module Module)> NamedChildren()
    {
        var seen = new HashSet<Module>(ReferenceEqualityComparer.Instance);
        var children = new List<(string, Module)>();
        foreach (var member in Members())
            if (member.Value is Module child && seen.Add(child)) children.Add((member.Key, child));
        return children;
    }

    /// <summary>This module and all inside it, each once, outer before inner (<c>modules()</c>).</summary>
    public IReadOnlyList<Module> Modules() => [.. NamedModules().Select(static m => m.Module)];

    /// <summary>This module (with the name <paramref name="prefix"/>) and all inside it with their names, each once (<c>named_modules()</c>).</summary>
    public IReadOnlyList<(string Name, Module Module)> NamedModules(string prefix = "")
    {
        var found = new List<(string, Module)>();
        Visit(this, prefix, new HashSet<Module>(ReferenceEqualityComparer.Instance), found);
        return found;

        static void Visit(Module module, string name, HashSet<Module> seen, List<(string, Module)> found)
        {
            if (!seen.Add(module)) return;
            found.Add((name, module));
            foreach (var member in module.Members())
                if (member.Value is Module child) Visit(child, Join(name, member.Key), seen, found);
        }
    }

    /// <summary>The module with a name such as <c>layers.0</c>; this one for the empty name (<c>get_submodule</c>).</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Module GetSubmodule(string target) => NamedModules().FirstOrDefault(m => m.Name == target).Module ?? throw NoSuch("module", target, NamedModules().Select(static m => m.Name));

    /// <summary>The parameter with a name such as <c>layers.0.weight</c> (<c>get_parameter</c>).</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Parameter GetParameter(string target) => Find<Parameter>(target) ?? throw NoSuch("parameter", target, NamedParameters().Select(static p => p.Name));

    /// <summary>The buffer with a name such as <c>norm.running_mean</c> (<c>get_buffer</c>).</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Buffer GetBuffer(string target) => Find<Buffer>(target) ?? throw NoSuch("buffer", target, NamedBuffers().Select(static p => p.Name));

    private T? Find<T>(string target)
        where T : Tensor
    {
        foreach (var (name, value) in AllState())
            if (name == target && value is T found) return found;
        return null;
    }

    private KeyNotFoundException NoSuch(string kind, string target, IEnumerable<string> names) =>
        new($"{TypeName} has no {kind} '{target}'{Spelling.Suggestion(target, names)}.");

    private List<(string Name, T Value)> Named<T>(string prefix, bool recurse)
        where T : Tensor
    {
        var named = new List<(string, T)>();
        var seen = new HashSet<Tensor>(ReferenceEqualityComparer.Instance);
        foreach (var (name, module) in recurse ? NamedModules(prefix) : [(prefix, this)])
            foreach (var member in module.Members())
            {
                if (member.Value is not T value || !seen.Add(value)) continue;
                string full = Join(name, member.Key);
                if (value is Parameter parameter && recurse) parameter.Name = full;
                named.Add((full, value));
            }
        return named;
    }

    private static List<T> Values<T>(List<(string Name, T Value)> named)
    {
        var values = new List<T>(named.Count);
        foreach (var (_, value) in named) values.Add(value);
        return values;
    }

    /// <summary>Every parameter and buffer under every name that it has: what a state dictionary lists.</summary>
    private List<(string Name, Tensor Value)> AllState()
    {
        var all = new List<(string, Tensor)>();
        Visit(this, "", [], all);
        return all;

        static void Visit(Module module, string prefix, List<Module> path, List<(string, Tensor)> all)
        {
            if (path.Contains(module)) throw new InvalidOperationException($"{module.TypeName} contains itself, by way of '{prefix}': a state dictionary would have no end.");
            path.Add(module);
            var members = module.Members();
            foreach (var member in members) if (member.Value is Parameter value) all.Add((Join(prefix, member.Key), value));
            foreach (var member in members) if (member.Value is Buffer value) all.Add((Join(prefix, member.Key), value));
            foreach (var member in members) if (member.Value is Module child) Visit(child, Join(prefix, member.Key), path, all);
            path.RemoveAt(path.Count - 1);
        }
    }

    private static string Join(string prefix, string name) => prefix.Length == 0 ? name : $"{prefix}.{name}";
}
