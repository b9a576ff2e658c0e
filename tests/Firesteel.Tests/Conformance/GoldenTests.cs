using Firesteel.Conformance;

namespace Firesteel.Tests.Conformance;

/// <summary>The recorded answers of PyTorch that the repository keeps in tests/golden: every one of them must agree.</summary>
[Collection(GeneratorCollection.Name)]
public class GoldenTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "golden");
    private static readonly CaseSource Source = new CaseArchives(Folder);
    private static readonly Caller Caller = new(new MemberTable(typeof(Tensor).Assembly));

    public static TheoryData<string> Ops() => Rows("ops");

    public static TheoryData<string> Modules() => Rows("modules");

    [Theory]
    [MemberData(nameof(Ops))]
    public void Op(string key)
    {
        if (key.Length > 0) Judge(new OpRunner(Caller).Run(OpFile.Load(Source, key)), atLeastOne: true);
    }

    [Theory]
    [MemberData(nameof(Modules))]
    public void Module(string key)
    {
        if (key.Length > 0) Judge(new ModuleRunner(Caller).Run(ModuleFile.Load(Source, key)), atLeastOne: true);
    }

    [Fact]
    public void Optimizers()
    {
        if (Source.Contains("optim/optim.json")) Judge(new OptimRunner(Caller).Run(Source));
    }

    [Fact]
    public void Errors()
    {
        if (Source.Contains("errors.json")) Judge(new ErrorRunner(Caller).Run(Source));
    }

    /// <summary>The names in the archives; one empty row while there are none, since a theory without rows fails.</summary>
    private static TheoryData<string> Rows(string group) => Source.Names(group) is { Count: > 0 } names ? [.. names] : [""];

    private static void Judge(IEnumerable<Outcome> outcomes, bool atLeastOne = false)
    {
        var all = outcomes.ToList();
        if (atLeastOne) Assert.NotEmpty(all);
        var failed = all.Where(o => o.Verdict == Verdict.Failed).Select(o => $"{o.Case}: {o.Kind}: {o.Reason}").ToList();
        Assert.True(failed.Count == 0, string.Join(Environment.NewLine, failed));
    }
}
