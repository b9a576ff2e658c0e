using System.Diagnostics;
using Firesteel.Conformance;

// Compares Firesteel with recorded answers of PyTorch:
//   dotnet run --project tests/conformance -- --folder CASES [--ops add,linalg.*,modules/nn.LSTM*,optim/Adam,errors/*] [--report FILE] [--parity FILE] [--golden FOLDER] [--captured] [--verbose]
// With --captured ops and modules run as captured functions, whose results have to be those of plain ones, bit for bit.
// Without --report the failing cases are printed. The last line sums up. Exit code 0 when everything agrees, 1 when not, 2 for bad arguments.
string? folder = null, filter = null, report = null, parity = null, golden = null;
bool verbose = false, captured = false;
for (int i = 0; i < args.Length; i++)
{
    string Value() => ++i < args.Length ? args[i] : throw new ArgumentException($"{args[i - 1]} needs a value");
    switch (args[i])
    {
        case "--folder": folder = Value(); break;
        case "--ops": filter = Value(); break;
        case "--report": report = Value(); break;
        case "--parity": parity = Value(); break;
        case "--golden": golden = Value(); break;
        case "--captured": captured = true; break;
        case "--verbose": verbose = true; break;
        default:
            Console.Error.WriteLine($"unknown argument {args[i]}; known are --folder --ops --report --parity --golden --captured --verbose");
            return 2;
    }
}
folder ??= Environment.GetEnvironmentVariable("FIRESTEEL_CONFORMANCE");
if (folder is null || !Directory.Exists(folder))
{
    Console.Error.WriteLine("give --folder (or FIRESTEEL_CONFORMANCE): the folder with ops/, modules/, optim/ and errors.json, or with archives of them");
    return 2;
}
if (captured && (golden ?? parity) is not null)
{
    Console.Error.WriteLine("--golden and --parity are about recorded answers; leave --captured out");
    return 2;
}
if (golden is not null && filter is not null)
{
    Console.Error.WriteLine("--golden copies what passes of everything; leave --ops out");
    return 2;
}
var clock = Stopwatch.StartNew();
var source = CaseSource.Open(folder);
var run = new ConformanceRun(source) { Captured = captured, Started = verbose ? Console.Error.WriteLine : null };
var outcomes = run.Run(filter);
if (report is not null) File.WriteAllText(report, Report.Page(outcomes));
else if (outcomes.Count > 0 && (filter is not null || verbose)) Console.Write(Report.Page(outcomes));
if (parity is not null) File.WriteAllText(parity, Parity.Write(outcomes, source, run.Caller.Table));
if (golden is not null)
{
    var (cases, files, bytes) = Golden.Write(source, outcomes, golden);
    Console.WriteLine($"golden: {cases} cases of {files} files, {bytes / 1024} KB in {golden}");
}
if (outcomes.Count == 0) Console.WriteLine($"nothing matches {filter}");
Console.WriteLine($"{clock.Elapsed.TotalSeconds:0.0} s");
Console.WriteLine(Report.Summary(outcomes));
return outcomes.Any(o => o.Verdict == Verdict.Failed) ? 1 : 0;
