// Trains the same models in Firesteel and in PyTorch, in turn, and prints a table; see docs/performance.md.
using System.CommandLine;
using System.Globalization;
using Firesteel.Compare;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

var names = new Argument<string[]>("workload") { Description = "What to run; all if left out.", Arity = ArgumentArity.ZeroOrMore };
var threads = new Option<string>("--threads") { Description = "Numbers of threads, with commas.", DefaultValueFactory = static _ => "1,2" };
var mode = new Option<string>("--mode") { Description = "How our side runs: eager, captured, or both with a comma.", DefaultValueFactory = static _ => "eager" };
var pairs = new Option<int>("--pairs") { Description = "How often both sides run.", DefaultValueFactory = static _ => 5 };
var seconds = new Option<double>("--seconds") { Description = "How long one run takes steps.", DefaultValueFactory = static _ => 3 };
var python = new Option<string>("--python") { Description = "The Python that has PyTorch.", DefaultValueFactory = static _ => "/usr/bin/python3" };
var compile = new Option<bool>("--compile") { Description = "The peer compiles its models with torch.compile." };
var ours = new Option<string?>("--ours") { Description = "The published executable of Firesteel.Workloads; if left out, the one that was built with this program." };
var data = new Option<string>("--data") { Description = "The folder of Fashion-MNIST's files.", DefaultValueFactory = static _ => "/usr/share/datasets/fashion-mnist" };
mode.AcceptOnlyFromAmong("eager", "captured", "eager,captured");

var root = new RootCommand("Times Firesteel against PyTorch, run by run, each in a process of its own.") { names, threads, mode, pairs, seconds, python, compile, ours, data };
root.SetAction(parsed =>
{
    var programs = new Programs(
        parsed.GetValue(ours) ?? Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "Firesteel.Workloads.exe" : "Firesteel.Workloads"),
        parsed.GetValue(python)!, Path.Combine(AppContext.BaseDirectory, "peer.py"), parsed.GetValue(compile), parsed.GetValue(data)!);
    var comparison = new Comparison(programs, parsed.GetValue(mode)!.Split(','), parsed.GetValue(pairs), parsed.GetValue(seconds));
    int[] counts = [.. parsed.GetValue(threads)!.Split(',').Select(int.Parse)];
    try
    {
        return comparison.Run(parsed.GetValue(names) ?? [], counts) ? 0 : 1;
    }
    catch (RunException e)
    {
        Console.Error.WriteLine($"error: {e.Message}");
        return 1;
    }
});
return root.Parse(args).Invoke();
