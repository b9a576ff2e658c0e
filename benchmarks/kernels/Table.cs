using Firesteel.Compare;

namespace Firesteel.KernelBenchmarks;

/// <summary>Runs cases on both sides in turn and prints the table on standard output; everything else goes to standard error.</summary>
internal sealed class Table(Clock clock, int rounds, double seconds)
{
    /// <summary>How long our side runs before it is measured: until the JIT has compiled it for good.</summary>
    private const double WarmUp = 0.2;

    private readonly Dictionary<string, List<double>> _ratios = [];

    public static void Header() => Console.WriteLine("group\tcase\tthreads\tours_us\tpeer_us\tratio\tmedian_ratio\tours_rate\tunit\tfloor_us");

    /// <summary>Measures one case; a side that is null is left out.</summary>
    public void Run(KernelCase one, Machine machine, OpenBlas? library, PyTorchPeer? python)
    {
        Action ours = one.Prepare();
        Func<double, (double Minimum, double Median)>? peer = null;
        switch (one.Peer)
        {
            case LibraryCase inLibrary when library is not null:
                var theirs = inLibrary.Prepare(library);
                peer = s => clock.Measure(theirs, s);
                break;
            case PyTorchCase inPython when python is not null:
                python.Prepare(inPython);
                peer = python.Measure;
                break;
        }
        double best = double.MaxValue, peerBest = double.MaxValue;
        var medians = new List<double>();
        clock.Measure(ours, WarmUp);
        for (int i = 0; i < rounds; i++)
        {
            var mine = clock.Measure(ours, seconds);
            best = Math.Min(best, mine.Minimum);
            if (peer is null) continue;
            var other = peer(seconds);
            peerBest = Math.Min(peerBest, other.Minimum);
            medians.Add(mine.Median / other.Median);
        }
        medians.Sort();
        bool compared = peer is not null;
        double floor = Math.Max(one.Flops / machine.FlopsPerSecond, one.Bytes / machine.BytesPerSecond(one.Bytes)) * 1e6;
        string rate = one.Flops > 0 ? $"{one.Flops / best / 1e3:F1}\tGFLOP/s" : $"{one.Bytes / best / 1e3:F1}\tGB/s";
        Console.WriteLine($"{one.Group}\t{one.Name}\t{machine.Threads}\t{best:F2}\t{(compared ? $"{peerBest:F2}" : "-")}\t{(compared ? $"{best / peerBest:F3}" : "-")}\t{(compared ? $"{medians[medians.Count / 2]:F3}" : "-")}\t{rate}\t{floor:F2}");
        if (!compared) return;
        if (!_ratios.TryGetValue(one.Group, out var list)) _ratios[one.Group] = list = [];
        list.Add(best / peerBest);
    }

    /// <summary>A line for each group: the geometric mean of the ratios, and the largest.</summary>
    public void Summary(int threads)
    {
        foreach (var (group, ratios) in _ratios)
            Console.WriteLine($"{group}\tall {ratios.Count}\t{threads}\t\t\t{Math.Exp(ratios.Average(Math.Log)):F3}\t\tlargest {ratios.Max():F3}\t\t");
    }
}
