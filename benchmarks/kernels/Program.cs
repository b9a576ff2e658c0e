// Times single kernels against OpenBLAS and PyTorch, in turn, and prints a table; see docs/performance.md.
using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Firesteel;
using Firesteel.Compare;
using Firesteel.KernelBenchmarks;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var filter = new Option<string>("--filter") { Description = "Runs the cases whose group/name matches this regular expression.", DefaultValueFactory = static _ => "" };
var threads = new Option<string>("--threads") { Description = "Numbers of threads, with commas.", DefaultValueFactory = static _ => "1,2" };
var python = new Option<string>("--python") { Description = "The Python that has PyTorch.", DefaultValueFactory = static _ => "/usr/bin/python3" };
var openblas = new Option<string?>("--openblas") { Description = "The library OpenBLAS; found by name if left out." };
var rounds = new Option<int>("--rounds") { Description = "How often both sides run in turn.", DefaultValueFactory = static _ => 5 };
var seconds = new Option<double>("--seconds") { Description = "How long a side runs in a round.", DefaultValueFactory = static _ => 0.05 };
var clock = new Option<string>("--clock") { Description = "What is measured: the wall, or the processor time of the one thread (on a machine that others use).", DefaultValueFactory = static _ => "wall" };
var list = new Option<bool>("--list") { Description = "Prints the names of the cases." };
clock.AcceptOnlyFromAmong("wall", "processor");

var root = new RootCommand("Times Firesteel's kernels against OpenBLAS and PyTorch.") { filter, threads, python, openblas, rounds, seconds, clock, list };
root.SetAction(parsed =>
{
    try
    {
        var pattern = new Regex(parsed.GetValue(filter)!);
        KernelCase[] cases = [.. GemmCases.All().Concat(ConvCases.All()).Concat(LayerCases.All()).Where(c => pattern.IsMatch(c.FullName))];
        if (cases.Length == 0) throw new RunException($"no case matches {pattern}; --list prints them all");
        if (parsed.GetValue(list))
        {
            foreach (var one in cases) Console.WriteLine(one.FullName);
            return 0;
        }
        int[] counts = [.. parsed.GetValue(threads)!.Split(',').Select(int.Parse)];
        bool processorTime = parsed.GetValue(clock) == "processor";
        if (processorTime && (!OperatingSystem.IsLinux() || counts is not [1])) throw new RunException("the processor time of one thread needs --threads 1, and Linux");
        Run(cases, counts, new Clock(processorTime), parsed.GetValue(rounds), parsed.GetValue(seconds), parsed.GetValue(python)!, parsed.GetValue(openblas));
        return 0;
    }
    catch (Exception e) when (e is RunException or FormatException or RegexParseException)
    {
        Console.Error.WriteLine($"error: {e.Message}");
        return 1;
    }
});
return root.Parse(args).Invoke();

static void Run(KernelCase[] cases, int[] counts, Clock clock, int rounds, double seconds, string python, string? openblas)
{
    if (Machine.Load() is > 0.5 and var load) Console.Error.WriteLine($"warning: other programs use the machine (load {load:F1})");
    var library = cases.Any(static c => c.Peer is LibraryCase) ? Find(() => OpenBlas.Load(openblas)) : null;
    if (library is not null) Console.Error.WriteLine($"# {library.Description}");
    Table.Header();
    foreach (int count in counts)
    {
        using var peer = cases.Any(static c => c.Peer is PyTorchCase) ? Find(() => new PyTorchPeer(python, count, clock.ProcessorTime)) : null;
        if (peer is not null) Console.Error.WriteLine($"# {peer.Description}");
        library?.SetThreads(count);
        Threads.Count = count;
        var machine = new Machine(count);
        Console.Error.WriteLine($"# {count} thread{(count == 1 ? "" : "s")}: {machine.FlopsPerSecond / 1e9:F0} GFLOP/s, memory {machine.BytesPerSecond(256e6) / 1e9:F1} GB/s");
        var table = new Table(clock, rounds, seconds);
        using (Autograd.NoGrad())
            foreach (var one in cases) table.Run(one, machine, library, peer);
        table.Summary(count);
    }
}

// Without a peer our side is measured alone.
static T? Find<T>(Func<T> find)
    where T : class
{
    try
    {
        return find();
    }
    catch (RunException e)
    {
        Console.Error.WriteLine($"warning: {e.Message}; its columns stay empty");
        return null;
    }
}
