using System.Text;

namespace Firesteel.Conformance;

/// <summary>Says how a run went: one line in all, and a page that lists every failing case with its reason.</summary>
public static class Report
{
    private static readonly string[] Groups = [OpRunner.Group, ModuleRunner.Group, OptimRunner.Group, ErrorRunner.Group];

    /// <summary><c>conformance: ops 3000/4000 cases, 500/600 ops complete; modules ...; skipped: reasons</c></summary>
    public static string Summary(IReadOnlyCollection<Outcome> outcomes)
    {
        var parts = new List<string>();
        foreach (string group in Groups)
        {
            var judged = outcomes.Where(o => o.Group == group && o.Verdict != Verdict.Skipped).ToList();
            if (judged.Count == 0 && !outcomes.Any(o => o.Group == group)) continue;
            var byName = judged.GroupBy(o => o.Name).ToList();
            string complete = group is "ops" ? $", {byName.Count(g => g.All(o => o.Verdict == Verdict.Passed))}/{byName.Count} ops complete" : "";
            parts.Add($"{group} {judged.Count(o => o.Verdict == Verdict.Passed)}/{judged.Count} cases{complete}");
        }
        var skipped = outcomes.Where(o => o.Verdict == Verdict.Skipped).GroupBy(o => o.Reason).OrderByDescending(g => g.Count()).Select(g => $"{g.Key} ({g.Count()})").ToList();
        return $"conformance: {string.Join("; ", parts)}; skipped: {(skipped.Count == 0 ? "none" : string.Join(", ", skipped))}";
    }

    /// <summary>Every name that is not complete, worst kind of failure first, equal reasons told once.</summary>
    public static string Page(IReadOnlyCollection<Outcome> outcomes)
    {
        var page = new StringBuilder();
        page.AppendLine(Summary(outcomes)).AppendLine();
        var failed = outcomes.Where(o => o.Verdict == Verdict.Failed).ToList();
        page.AppendLine($"failures by kind: {(failed.Count == 0 ? "none" : string.Join(", ", failed.GroupBy(o => o.Kind).OrderByDescending(g => g.Count()).Select(g => $"{g.Key} {g.Count()}")))}").AppendLine();
        foreach (string group in Groups)
        {
            var names = outcomes.Where(o => o.Group == group).GroupBy(o => o.Name).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
            if (names.Count == 0) continue;
            var missing = names.Where(g => g.Any(o => o.Kind == "missing") && g.All(o => o.Verdict == Verdict.Skipped || o.Kind == "missing")).ToList();
            page.AppendLine($"== {group} ==");
            if (missing.Count > 0) page.AppendLine($"missing ({missing.Count}): {string.Join(" ", missing.Select(m => m.Key))}").AppendLine();
            foreach (var name in names.Except(missing))
            {
                var bad = name.Where(o => o.Verdict == Verdict.Failed).ToList();
                if (bad.Count == 0) continue;
                page.AppendLine($"{name.Key}  {name.Count(o => o.Verdict == Verdict.Passed)}/{name.Count(o => o.Verdict != Verdict.Skipped)}");
                foreach (var same in bad.GroupBy(o => (o.Kind, o.Reason)))
                {
                    page.AppendLine($"  {same.Key.Kind}: {same.Key.Reason}");
                    page.AppendLine($"    {Short(same.First().Case)}{(same.Count() > 1 ? $"  and {same.Count() - 1} more: {string.Join(" ", same.Skip(1).Take(12).Select(o => o.Case.Split(' ')[0]))}" : "")}");
                }
                page.AppendLine();
            }
        }
        return page.ToString();
    }

    private static string Short(string text) => text.Length <= 260 ? text : text[..260] + "...";
}
