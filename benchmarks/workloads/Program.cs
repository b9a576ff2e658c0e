// Runs one workload and prints what was measured, a name and a value a line, separated by a tab; benchmarks/peer.py prints the same.
// Firesteel.Workloads NAME [--seconds S] [--steps N] [--check N] [--data DIR]   steps for S seconds, or exactly N of them; the loss of step --check
// Firesteel.Workloads NAME --mode captured [--explain]   the same with captured steps, and what became of them
// Firesteel.Workloads NAME --verify N [--interpreted]   N steps captured beside N plain ones: the largest relative difference of their losses; without machine code
// Firesteel.Workloads NAME --work   what a step has to do: multiply-adds times two, and bytes
// Firesteel.Workloads --list        the names
// FIRESTEEL_NUM_THREADS sets the number of threads.
using System.Diagnostics;
using System.Globalization;
using Firesteel.Workloads;

// Before anybody asks: fused kernels are interpreted, as where the runtime cannot emit code.
if (args.Contains("--interpreted")) AppContext.SetSwitch("System.Runtime.CompilerServices.RuntimeFeature.IsDynamicCodeSupported", false);
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["--list"])
{
    foreach (string known in Workload.All.Keys) Console.WriteLine(known);
    return 0;
}
if (args is not [{ } name, ..] || !Workload.All.TryGetValue(name, out var build))
{
    Console.Error.WriteLine($"Name a workload: {string.Join(", ", Workload.All.Keys)}.");
    return 2;
}
if (Option("--data") is { } folder) LoaderWorkload.Folder = folder;

if (Option("--verify") is { } count) return Verify(int.Parse(count));

Workload.Captured = Option("--mode") == "captured";
var workload = build();
if (args.Contains("--work"))
{
    Print("flops", WorkOfStep.Flops(workload));
    Print("bytes", workload.Bytes);
    return 0;
}

int steps = int.Parse(Option("--steps") ?? "0");
double seconds = double.Parse(Option("--seconds") ?? "3");
int check = int.Parse(Option("--check") ?? "5");
double first = workload.Step();
Print("first_loss", first);
if (steps != 1) Measure();
Print("peak_mb", PeakMegabytes());
if (args.Contains("--explain") && workload.Compiled is { } compiled) Console.Error.WriteLine(compiled.Explain());
return 0;

int Verify(int count)
{
    Workload.Captured = true;
    var captured = build();
    Workload.Captured = false;
    var plain = build();
    double worst = 0;
    int equal = 0;
    for (int i = 0; i < count; i++)
    {
        double a = captured.Step(), b = plain.Step();
        if (a == b) equal++;
        else worst = Math.Max(worst, double.IsFinite(a - b) ? Math.Abs(a - b) / Math.Abs(b) : double.PositiveInfinity);
    }
    Print("replays", captured.Compiled?.Replays ?? 0);
    Print("equal_losses", equal);
    Print("largest_relative_difference", worst);
    return worst <= 1e-5 ? 0 : 1;
}

void Measure()
{
    // The loss to compare is that of a fixed step: both sides take as many steps as they can. A quarter of the time is for warming up.
    double last = 0;
    int done = 1;
    var times = new List<double>();
    long start = Stopwatch.GetTimestamp();
    while (steps > 0 ? done < steps : times.Count < 3 || done < check || Stopwatch.GetElapsedTime(start).TotalSeconds < seconds)
    {
        bool warm = steps > 0 ? done >= 2 : done >= 2 && Stopwatch.GetElapsedTime(start).TotalSeconds >= seconds / 4;
        long before = Stopwatch.GetTimestamp();
        double loss = workload.Step();
        if (warm) times.Add(Stopwatch.GetElapsedTime(before).TotalMicroseconds);
        if (++done == check) last = loss;
    }
    times.Sort();
    Print("last_loss", last);
    if (times.Count > 0)
    {
        Print("median_us", times[times.Count / 2]);
        Print("min_us", times[0]);
    }
    Print("steps", done);
}

string? Option(string option) => Array.IndexOf(args, option) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

static void Print(string name, double value) => Console.WriteLine($"{name}\t{value:R}");

static double PeakMegabytes()
{
    // The kernel's own mark; .NET's PeakWorkingSet64 elsewhere.
    if (!OperatingSystem.IsLinux()) return Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0;
    string line = File.ReadLines("/proc/self/status").First(static l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
    return double.Parse(line.AsSpan(6).TrimEnd("kB ")) / 1024;
}
