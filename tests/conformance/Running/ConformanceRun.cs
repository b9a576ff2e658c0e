using System.Text.RegularExpressions;

namespace Firesteel.Conformance;

/// <summary>Runs everything a source holds, or what a filter names, one case after another (the generator is global).</summary>
public sealed class ConformanceRun(CaseSource source)
{
    private readonly Caller _caller = new(new MemberTable(typeof(Tensor).Assembly));

    public Caller Caller => _caller;

    /// <summary>Instead of comparing with what was recorded, compares captured functions with plain ones; operations and modules only.</summary>
    public bool Captured { get; init; }

    /// <summary>Names of what is being run, as it starts; for finding a case that takes the process down.</summary>
    public Action<string>? Started { get; init; }

    /// <param name="filter">
    /// Null for everything. Else names separated by commas, <c>*</c> allowed: <c>add,linalg.*</c> are ops; <c>modules/nn.LSTM*</c>, <c>optim/Adam</c> and <c>errors/diag*</c> the rest.
    /// An op's name takes its variants along.
    /// </param>
    public List<Outcome> Run(string? filter = null)
    {
        var wanted = new CaseFilter(filter);
        var outcomes = new List<Outcome>();
        var ops = new OpRunner(_caller);
        var captured = new CapturedRunner(_caller);
        foreach (string key in source.Names("ops"))
        {
            if (!wanted.Matches(OpRunner.Group, key)) continue;
            Started?.Invoke(key);
            outcomes.AddRange(Captured ? captured.Run(OpFile.Load(source, key)) : ops.Run(OpFile.Load(source, key)));
        }
        var modules = new ModuleRunner(_caller);
        foreach (string key in source.Names("modules"))
        {
            if (!wanted.Matches(ModuleRunner.Group, key)) continue;
            Started?.Invoke(key);
            outcomes.AddRange(Captured ? captured.Run(ModuleFile.Load(source, key)) : modules.Run(ModuleFile.Load(source, key)));
        }
        if (Captured) return outcomes;
        if (source.Contains("optim/optim.json") && wanted.Names(OptimRunner.Group))
        {
            Started?.Invoke("optim");
            outcomes.AddRange(new OptimRunner(_caller).Run(source).Where(o => wanted.Matches(OptimRunner.Group, o.Name)));
        }
        if (source.Contains("errors.json") && wanted.Names(ErrorRunner.Group))
        {
            Started?.Invoke("errors");
            outcomes.AddRange(new ErrorRunner(_caller).Run(source).Where(o => wanted.Matches(ErrorRunner.Group, o.Name)));
        }
        return outcomes;
    }
}

/// <summary>Which ops, modules, optimizers and errors to run.</summary>
public sealed class CaseFilter
{
    private readonly List<(string Group, Regex Pattern)> _patterns = [];
    private readonly bool _all;

    public CaseFilter(string? filter)
    {
        _all = string.IsNullOrWhiteSpace(filter);
        foreach (string part in (filter ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int slash = part.IndexOf('/');
            string group = slash < 0 ? OpRunner.Group : part[..slash], name = slash < 0 ? part : part[(slash + 1)..];
            _patterns.Add((group, new Regex($"^{Regex.Escape(name).Replace("\\*", ".*")}$")));
        }
    }

    public bool Names(string group) => _all || _patterns.Exists(p => p.Group == group);

    public bool Matches(string group, string key) =>
        _all || _patterns.Exists(p => p.Group == group && (p.Pattern.IsMatch(key) || group == OpRunner.Group && WithoutVariant(key) is { } op && p.Pattern.IsMatch(op)));

    /// <summary><c>div.floor_rounding</c> -> <c>div</c>, <c>linalg.pinv.singular</c> -> <c>linalg.pinv</c>; the last part may belong to the name.</summary>
    private static string? WithoutVariant(string key)
    {
        int dot = key.LastIndexOf('.');
        return dot < 0 || key[..dot] is "linalg" or "special" or "fft" or "masked" or "nn.functional" ? null : key[..dot];
    }
}
