using Firesteel.Conformance;

namespace Firesteel.Tests.Conformance;

/// <summary>
/// All recorded answers of PyTorch, where FIRESTEEL_CONFORMANCE names a folder of them: prints one line that sums up. FIRESTEEL_CONFORMANCE_OPS narrows the run,
/// FIRESTEEL_CONFORMANCE_REPORT and FIRESTEEL_PARITY name files to write. It fails when a case fails that the repository's own copy, tests/golden, says passes.
/// </summary>
[Collection(GeneratorCollection.Name)]
public class AllCasesTests
{
    [Fact]
    public void AgreeAsTheGoldenOnesDo()
    {
        string? folder = Environment.GetEnvironmentVariable("FIRESTEEL_CONFORMANCE");
        if (string.IsNullOrEmpty(folder)) return;
        string? filter = Environment.GetEnvironmentVariable("FIRESTEEL_CONFORMANCE_OPS");
        var source = CaseSource.Open(folder);
        var run = new ConformanceRun(source);
        var outcomes = run.Run(filter);
        if (Environment.GetEnvironmentVariable("FIRESTEEL_CONFORMANCE_REPORT") is { Length: > 0 } report) File.WriteAllText(report, Report.Page(outcomes));
        if (Environment.GetEnvironmentVariable("FIRESTEEL_PARITY") is { Length: > 0 } parity) File.WriteAllText(parity, Parity.Write(outcomes, source, run.Caller.Table));
        LastLines.Write("conformance", Report.Summary(outcomes));

        var golden = new CaseArchives(Path.Combine(AppContext.BaseDirectory, "golden"));
        var kept = golden.Names("ops").SelectMany(key => OpFile.Load(golden, key).Cases.Select(c => ("ops", key, c.Number)))
            .Concat(golden.Names("modules").SelectMany(key => ModuleFile.Load(golden, key).Cases.Select(c => ("modules", key, c.Number)))).ToHashSet();
        var lost = outcomes.Where(o => o.Verdict == Verdict.Failed && o.Case.StartsWith('#') && kept.Contains((o.Group, o.Name, int.Parse(o.Case[1..o.Case.IndexOf(' ')]))));
        Assert.Empty(lost.Select(o => $"{o.Case}: {o.Reason}"));
    }
}
