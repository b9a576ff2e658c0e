namespace Firesteel.Nn;

public abstract partial class Module
{
    /// <summary>The class name without the mark of generic classes.</summary>
    internal string TypeName
    {
        get
        {
            string name = _becomes ?? GetType().Name;
            int mark = name.IndexOf('`');
            return mark < 0 ? name : name[..mark];
        }
    }

    /// <summary>What stands between the brackets of <see cref="ToString"/>, lines separated by <c>\n</c> (<c>extra_repr</c>).</summary>
    protected virtual string ExtraRepr() => "";

    /// <summary>The name for error messages: <c>Linear(512, 10)</c>.</summary>
    internal virtual string Brief() => $"{TypeName}({ExtraRepr().ReplaceLineEndings(", ")})";

    /// <summary>The module and all inside it, as PyTorch prints it.</summary>
    public override string ToString()
    {
        string extra = ExtraRepr();
        List<string> lines = extra.Length == 0 ? [] : [.. extra.Split('\n')];
        int extraLines = lines.Count;
        AddChildLines(lines);
        return Bracketed(TypeName, lines, lines.Count == 1 && extraLines == 1);
    }

    private protected virtual void AddChildLines(List<string> lines)
    {
        string? group = null;
        foreach (var member in Members())
        {
            if (member.Value is not Module child) continue;
            if (member.Group is null) lines.Add(Line(member.Key, child));
            else if (member.Group != group)
            {
                // An array or list of modules looks like the container of PyTorch that it stands for.
                var elements = Members().Where(m => m.Group == member.Group && m.Value is Module)
                    .Select(m => Line(m.Key[(member.Group.Length + 1)..], (Module)m.Value)).ToList();
                lines.Add($"({member.Group}): {Indented(Bracketed(member.IsTable ? "ModuleDict" : "ModuleList", elements, false))}");
            }
            group = member.Group;
        }

        static string Line(string key, Module child) => $"({key}): {Indented(child.ToString())}";
    }

    private static string Bracketed(string name, List<string> lines, bool inline) =>
        lines.Count == 0 ? $"{name}()" : inline ? $"{name}({lines[0]})" : $"{name}(\n  {string.Join("\n  ", lines)}\n)";

    /// <summary>All lines but the first two places to the right.</summary>
    private protected static string Indented(string text) => text.Replace("\n", "\n  ", StringComparison.Ordinal);
}
