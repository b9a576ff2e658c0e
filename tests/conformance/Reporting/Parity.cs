using System.Text;

namespace Firesteel.Conformance;

/// <summary>Writes docs/parity.md: for every op, module, loss, optimizer, scheduler and initialiser of PyTorch, whether Firesteel has it and how many recorded cases agree.</summary>
public static class Parity
{
    public static string Write(IReadOnlyCollection<Outcome> outcomes, CaseSource source, MemberTable table)
    {
        var page = new StringBuilder();
        page.AppendLine("# Parity with PyTorch").AppendLine();
        page.AppendLine("Written by `dotnet run --project tests/conformance -- --folder CASES --parity docs/parity.md`; do not edit. \"yes\" means that every recorded case agrees with");
        page.AppendLine("PyTorch 1.13.1 in values, element types, sizes and gradients; \"partly\" that some do; \"untested\" that the name exists and no case is recorded here.");
        page.AppendLine().AppendLine($"`{Report.Summary(outcomes)}`").AppendLine();

        page.AppendLine("## Ops").AppendLine().AppendLine("| PyTorch | here | cases | |").AppendLine("|---|---|---|---|");
        foreach (string key in source.Names("ops"))
        {
            var mine = outcomes.Where(o => o.Group == OpRunner.Group && o.Name == key).ToList();
            page.AppendLine(Row(key, mine, exists: true));
        }
        foreach (var (group, title) in new[] { ("module", "Modules"), ("loss", "Losses"), ("optimizer", "Optimizers"), ("scheduler", "Learning rate schedulers"), ("init", "Initialisers") })
        {
            page.AppendLine().AppendLine($"## {title}").AppendLine().AppendLine("| PyTorch | here | cases | |").AppendLine("|---|---|---|---|");
            foreach (string name in Names(group))
            {
                bool exists = group switch
                {
                    "module" or "loss" => table.FindType("Firesteel.Nn." + name) is not null,
                    "init" => table.Find("nn.init." + name).Count + table.Find("nn.init." + name.TrimEnd('_')).Count > 0,
                    _ => table.FindType("Firesteel.Optim." + name) is not null,
                };
                var mine = group switch
                {
                    "module" or "loss" => outcomes.Where(o => o.Group == ModuleRunner.Group && o.Name.Split('.')[1] == name).ToList(),
                    "init" => [],
                    _ => outcomes.Where(o => o.Group == OptimRunner.Group && o.Name == name).ToList(),
                };
                page.AppendLine(Row(name, mine, exists));
            }
        }
        return page.ToString();
    }

    private static string Row(string name, List<Outcome> outcomes, bool exists)
    {
        var judged = outcomes.Where(o => o.Verdict != Verdict.Skipped).ToList();
        int passed = judged.Count(o => o.Verdict == Verdict.Passed);
        string note = outcomes.FirstOrDefault(o => o.Verdict == Verdict.Skipped)?.Reason is { } why ? $"{outcomes.Count - judged.Count} not compared: {why}" : "";
        string here = judged.Count == 0 ? (outcomes.Count > 0 ? "no" : exists ? "untested" : "no") : passed == judged.Count ? "yes" : passed > 0 ? "partly" : "no";
        return $"| `{name}` | {here} | {(judged.Count == 0 ? "" : $"{passed}/{judged.Count}")} | {note} |";
    }

    private static string[] Names(string group)
    {
        using var stream = typeof(Parity).Assembly.GetManifestResourceStream("pytorch-names.txt")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
            if (line.StartsWith(group + ": ", StringComparison.Ordinal)) return line[(group.Length + 2)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        throw new InvalidDataException($"pytorch-names.txt has no line for {group}");
    }
}
