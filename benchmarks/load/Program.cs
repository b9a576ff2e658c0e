// How long it takes to load a checkpoint into a model, and how much memory, here and in PyTorch.
// Firesteel.LoadBenchmark [--mb N] [--rounds N] [--folder DIR]   both sides in turn, each time in a process of its own; files of N MB
// Firesteel.LoadBenchmark --load FILE N ASSIGN                   one load: milliseconds and the growth of the peak of memory in MB
// Checkpoints are in the file cache of the system. PyTorch reads .pt by torch.load; for safetensors peer.py maps the file as the reference library does.
using System.Diagnostics;
using System.Globalization;
using Firesteel;
using Firesteel.Io;
using Firesteel.Nn;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
if (args is ["--load", { } path, { } count, { } taken])
{
    var model = new Layers(int.Parse(count));
    double before = PeakMegabytes() - model.Parameters().Sum(static p => p.NumElements * 4.0) / 1048576;
    long start = Stopwatch.GetTimestamp();
    var (missing, unexpected) = model.LoadStateDict(path.EndsWith(".pt", StringComparison.Ordinal) ? Pt.LoadStateDict(path) : Safetensors.Load(path), assign: bool.Parse(taken));
    Console.WriteLine($"{Stopwatch.GetElapsedTime(start).TotalMilliseconds} {PeakMegabytes() - before} {model.Parameters()[^1].Sum().Item()}");
    return missing.Count + unexpected.Count;
}

int layers = int.Parse(Option("--mb") ?? "1024") / 16, rounds = int.Parse(Option("--rounds") ?? "7");
string folder = Directory.CreateDirectory(Option("--folder") ?? Path.Combine(Path.GetTempPath(), "firesteel-load")).FullName;
string peer = Path.Combine(AppContext.BaseDirectory, "peer.py");
var state = new Layers(layers).StateDict();
foreach (var tensor in state.Values) tensor.UniformInPlace(-1, 1);
Safetensors.Save(state, Path.Combine(folder, "model.safetensors"));
Pt.Save(state, Path.Combine(folder, "model.pt"));
state.Clear();
GC.Collect();
try
{
    Console.WriteLine("| file | Firesteel, ms | PyTorch, ms | ratio | peak over file, Firesteel | PyTorch |");
    Console.WriteLine("|---|---:|---:|---:|---:|---:|");
    // PyTorch before 2.1 cannot take tensors over; it copies in both lines.
    foreach (var (name, assign) in new[] { ("model.safetensors", false), ("model.safetensors", true), ("model.pt", false), ("model.pt", true) })
    {
        string file = Path.Combine(folder, name);
        var ours = (Time: double.MaxValue, Peak: 0.0, Sum: 0.0);
        var theirs = ours;
        for (int round = 0; round < rounds; round++)
        {
            ours = Best(ours, Run(Environment.ProcessPath!, "--load", file, $"{layers}", $"{assign}"));
            theirs = Best(theirs, Run("/usr/bin/python3", peer, file, $"{layers}"));
        }
        if (Math.Abs(ours.Sum - theirs.Sum) > 1) throw new InvalidOperationException($"{name}: other values: {ours.Sum} and {theirs.Sum}");
        double size = new FileInfo(file).Length / 1048576.0;
            Console.WriteLine($"| {name}, {size:F0} MB{(assign ? ", assign: true" : "")} | {ours.Time:F0} | {theirs.Time:F0} | {ours.Time / theirs.Time:F2} | {ours.Peak / size:F2} | {theirs.Peak / size:F2} |");
    }
}
finally
{
    Directory.Delete(folder, recursive: true);
}
return 0;

// The quickest of all runs, and the highest peak.
static (double Time, double Peak, double Sum) Best((double Time, double Peak, double Sum) a, (double Time, double Peak, double Sum) b) => (Math.Min(a.Time, b.Time), Math.Max(a.Peak, b.Peak), b.Sum);

static (double Time, double Peak, double Sum) Run(string program, params string[] arguments)
{
    using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
    string[] values = process.StandardOutput.ReadToEnd().Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
    process.WaitForExit();
    if (process.ExitCode != 0) throw new InvalidOperationException($"{program} failed.");
    return (double.Parse(values[0]), double.Parse(values[1]), double.Parse(values[2]));
}

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var i && i + 1 < args.Length ? args[i + 1] : null;

static double PeakMegabytes()
{
    if (!OperatingSystem.IsLinux()) return Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0;
    string line = File.ReadLines("/proc/self/status").First(static l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
    return double.Parse(line.AsSpan(6).TrimEnd("kB ")) / 1024;
}

/// <summary>Parameters of 16 MB each, which are there before the checkpoint is loaded.</summary>
internal sealed class Layers(int count) : Module
{
    private readonly Parameter[] _weights = [.. Enumerable.Range(0, count).Select(static _ => new Parameter(Tensor.Zeros(2048, 2048)))];
}
