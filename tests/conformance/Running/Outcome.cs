namespace Firesteel.Conformance;

public enum Verdict
{
    Passed,
    Failed,
    Skipped,
}

/// <summary>What became of one case. <see cref="Kind"/> is a short class of failure; <see cref="Reason"/> says it in full.</summary>
public sealed record Outcome(string Group, string Name, string Case, Verdict Verdict, string Kind, string Reason)
{
    public static Outcome Pass(string group, string name, string @case) => new(group, name, @case, Verdict.Passed, "", "");

    public static Outcome Fail(string group, string name, string @case, string kind, string reason) => new(group, name, @case, Verdict.Failed, kind, reason);

    public static Outcome Skip(string group, string name, string @case, string reason) => new(group, name, @case, Verdict.Skipped, "skipped", reason);

    /// <summary>The failure that an exception means.</summary>
    public static Outcome Threw(string group, string name, string @case, Exception error)
    {
        string kind = error switch
        {
            MissingMemberException => "missing",
            BindingException => "unbound",
            NotImplementedException => "missing",
            _ => "threw",
        };
        string where = kind == "threw" && error.StackTrace is { } trace ? trace.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Contains("Firesteel.", StringComparison.Ordinal)) ?? "" : "";
        if (where.Length > 0) where = " @ " + where[(where.IndexOf("Firesteel.", StringComparison.Ordinal) + "Firesteel.".Length)..];
        int at = where.IndexOf(" in /", StringComparison.Ordinal);
        if (at > 0) where = where[..at] + " " + where[(where.LastIndexOf('/') + 1)..];
        return Fail(group, name, @case, kind, kind == "threw" ? $"{error.GetType().Name}: {error.Message}{where}" : error.Message);
    }
}
