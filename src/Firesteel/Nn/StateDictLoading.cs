using System.Text;

namespace Firesteel.Nn;

/// <summary>Compares a state dictionary with what a module has, reports all that does not fit at once, and copies only if everything does.</summary>
internal sealed class StateDictLoading
{
    /// <summary>Above this many pairs of names nobody waits for suggestions.</summary>
    private const int MostPairs = 20_000;

    private readonly List<(Tensor Target, Tensor Source)> _copies = [];
    private readonly StringBuilder _problems = new();
    private readonly List<string> _missing = [];
    private readonly List<string> _unexpected;

    public StateDictLoading(IReadOnlyList<(string Name, Tensor Value)> own, IReadOnlyDictionary<string, Tensor> stateDict, bool strict, bool convert, bool assign)
    {
        var names = own.Select(static s => s.Name).ToHashSet();
        _unexpected = [.. stateDict.Keys.Where(name => !names.Contains(name))];
        var mismatches = new StringBuilder();
        foreach (var (name, target) in own)
        {
            if (!stateDict.TryGetValue(name, out var source))
            {
                if (target is not Buffer { MayBeMissing: true }) _missing.Add(name);
                continue;
            }
            if (source is null) throw new ArgumentException($"The state dictionary has no tensor under \"{name}\" but null.", nameof(stateDict));
            if (source.IsUninitialized)
            {
                if (!target.IsUninitialized) mismatches.Append($"\n\tuninitialized value for {name}: the state dictionary is that of a model whose lazy layers had no input yet, the current model has the shape {target.Shape}.");
                continue;
            }
            if (!target.IsUninitialized && source.Shape != target.Shape)
                mismatches.Append($"\n\tsize mismatch for {name}: copying a param with shape {source.Shape} from checkpoint, the shape in current model is {target.Shape}.");
            if (assign ? target.RequiresGrad && !source.DType.IsFloatingPoint() : !convert && source.DType != target.DType)
                mismatches.Append($"\n\tdtype mismatch for {name}: the checkpoint has {source.DType.Name()}, the current model {target.DType.Name()}.");
            if (!ReferenceEquals(source, target)) _copies.Add((target, source));
        }
        if (strict) ReportKeys(names);
        _problems.Append(mismatches);
    }

    public IReadOnlyList<string> Missing => _missing;

    public IReadOnlyList<string> Unexpected => _unexpected;

    /// <summary>All that does not fit, a line for each; empty if everything does.</summary>
    public string Problems => _problems.ToString();

    /// <summary>Copies everything.</summary>
    public void Copy()
    {
        EnsureReadable();
        using (Autograd.NoGrad())
        {
            foreach (var (target, source) in _copies)
            {
                if (target.IsUninitialized) Uninitialized.Materialize(target, source.Shape);
                target.CopyInPlace(source);
            }
        }
    }

    /// <summary>Lets everything take over the tensors themselves.</summary>
    public void Assign()
    {
        EnsureReadable();
        foreach (var (target, source) in _copies) target.Data = source.Detach();
    }

    private void EnsureReadable()
    {
        foreach (var (_, source) in _copies) source.Layout.Storage.EnsureReadable();
    }

    private void ReportKeys(HashSet<string> names)
    {
        bool suggest = (long)_unexpected.Count * _missing.Count <= MostPairs;
        if (_unexpected.Count > 0)
            _problems.Append("\n\tUnexpected key(s) in state_dict: ").AppendJoin(", ", _unexpected.Select(name => $"\"{name}\"{(suggest ? Spelling.Suggestion(name, _missing) : "")}")).Append('.');
        if (_missing.Count > 0)
            _problems.Append("\n\tMissing key(s) in state_dict: ").AppendJoin(", ", _missing.Select(static name => $"\"{name}\"")).Append('.');
        if (_unexpected.Count == 0 || _missing.Count == 0) return;
        if (Prefix(_unexpected, names) is { } surplus) _problems.Append($"\n\tWithout \"{surplus}\" the keys would fit: pass keyMap: new KeyMap().RemovePrefix(\"{surplus}\").");
        else if (Prefix(_missing, [.. _unexpected]) is { } lacking) _problems.Append($"\n\tWith \"{lacking}\" before them the keys would fit: pass keyMap: new KeyMap().AddPrefix(\"{lacking}\").");
    }

    /// <summary>What all of some names begin with, if without it they are among others.</summary>
    private static string? Prefix(List<string> longer, HashSet<string> others)
    {
        string first = longer[0];
        for (int dot = first.IndexOf('.'); dot >= 0; dot = first.IndexOf('.', dot + 1))
        {
            string prefix = first[..(dot + 1)];
            if (longer.All(name => name.StartsWith(prefix, StringComparison.Ordinal) && others.Contains(name[prefix.Length..]))) return prefix;
        }
        return null;
    }
}
