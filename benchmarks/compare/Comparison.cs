namespace Firesteel.Compare;

/// <summary>Runs both sides in turn and prints the table on standard output; everything else goes to standard error.</summary>
internal sealed class Comparison(Programs programs, string[] modes, int pairs, double seconds)
{
    /// <summary>By how much losses may differ, relative to their size.</summary>
    private const double Tolerance = 1e-3;

    /// <summary>From the start of the process to the first loss of widenet.</summary>
    private const string StartUp = "startup";

    private const string Loader = "loader";

    /// <summary>Whether all losses agreed and all programs ended well.</summary>
    public bool Run(IReadOnlyList<string> names, IReadOnlyList<int> threadCounts)
    {
        string[] known = [.. programs.Names(), StartUp];
        if (names.FirstOrDefault(n => !known.Contains(n)) is { } unknown)
        {
            Console.Error.WriteLine($"error: there is no workload '{unknown}', only {string.Join(", ", known)}");
            return false;
        }
        if (Machine.Load() is > 0.5 and var load) Console.Error.WriteLine($"warning: other programs use the machine (load {load:F1}); with as many threads as processors the numbers mean little");
        programs.DescribePeer();
        bool good = true;
        var machines = new Dictionary<int, Machine>();
        foreach (int threads in threadCounts)
        {
            var machine = machines[threads] = new Machine(threads);
            Console.Error.WriteLine($"# {threads} thread{(threads == 1 ? "" : "s")}: {machine.FlopsPerSecond / 1e9:F0} GFLOP/s, memory {machine.BytesPerSecond(256e6) / 1e9:F1} GB/s");
        }
        Console.WriteLine("workload\tmode\tthreads\tours_us\tpeer_us\tratio\tfloor_us\tours_peak_mb\tpeer_peak_mb");
        foreach (string name in names.Count > 0 ? names : known)
        {
            if (name == Loader && !programs.HasData)
            {
                Console.Error.WriteLine($"# {name}: skipped, {programs.Data} has no files of Fashion-MNIST (Debian package dataset-fashion-mnist)");
                continue;
            }
            foreach (string mode in modes)
                foreach (int threads in threadCounts) good &= Row(name, mode, machines[threads]);
        }
        return good;
    }

    private bool Row(string name, string mode, Machine machine)
    {
        var ours = new List<Measurement>();
        var peer = new List<Measurement>();
        try
        {
            for (int i = 0; i < pairs; i++)
            {
                ours.Add(Measure(name, mode, machine.Threads, ours: true));
                peer.Add(Measure(name, mode, machine.Threads, ours: false));
                Console.Error.WriteLine($"# {name} {machine.Threads}: losses {ours[^1].FirstLoss:G7} {ours[^1].LastLoss:G7} and {peer[^1].FirstLoss:G7} {peer[^1].LastLoss:G7}, us {ours[^1].Microseconds:F1} and {peer[^1].Microseconds:F1}");
            }
            double floor = 0;
            if (name != StartUp)
            {
                var (flops, bytes) = programs.Work(name);
                floor = 1e6 * Math.Max(flops / machine.FlopsPerSecond, bytes / machine.BytesPerSecond(bytes));
            }
            double ratio = Median(ours.Zip(peer, static (a, b) => a.Microseconds / b.Microseconds));
            Console.WriteLine(string.Join('\t', name, mode, machine.Threads, $"{Median(ours.Select(static m => m.Microseconds)):F1}", $"{Median(peer.Select(static m => m.Microseconds)):F1}",
                $"{ratio:F3}", floor > 0 ? $"{floor:F1}" : "-", $"{ours.Max(static m => m.PeakMegabytes):F0}", $"{peer.Max(static m => m.PeakMegabytes):F0}"));
        }
        catch (RunException e)
        {
            Console.Error.WriteLine($"error: {name}, {machine.Threads} threads: {e.Message}");
            return false;
        }
        bool good = true;
        foreach (var (a, b) in ours.Zip(peer)) good &= Same("first", a.FirstLoss, b.FirstLoss) & Same("last", a.LastLoss, b.LastLoss);
        return good;

        bool Same(string which, double a, double b)
        {
            if (Math.Abs(a - b) <= Tolerance * Math.Abs(b)) return true;
            Console.Error.WriteLine($"error: {name}, {machine.Threads} threads: the {which} loss is {a:G7} on our side and {b:G7} on the peer's; they do not do the same work");
            return false;
        }
    }

    private Measurement Measure(string name, string mode, int threads, bool ours)
    {
        string[] how = ours ? ["--mode", mode] : [];
        if (name != StartUp) return programs.Run(name, threads, ours, ["--seconds", $"{seconds}", "--check", $"{CheckedStep(name)}", .. how]);
        var run = programs.Run("widenet", threads, ours, ["--steps", "1", .. how]);
        return run with { Microseconds = run.MicrosecondsToFirstLoss };
    }

    // The step whose loss is compared as the last. ResNet-18 at this learning rate enlarges rounding: at step 5 two convolution libraries under
    // PyTorch itself are 5 percent apart.
    private static int CheckedStep(string name) => name == "resnet18" ? 2 : 5;

    private static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
