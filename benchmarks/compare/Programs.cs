using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Firesteel.Compare;

/// <summary>The two sides, run as processes.</summary>
internal sealed class Programs(string ours, string python, string script, bool compile, string data)
{
    public string Data => data;

    public bool HasData => File.Exists(Path.Combine(data, "train-images-idx3-ubyte.gz")) && File.Exists(Path.Combine(data, "train-labels-idx1-ubyte.gz"));

    /// <summary>The workloads of our side.</summary>
    public IReadOnlyList<string> Names() => Execute(ours, ["--list"], 1, null);

    /// <summary>The arithmetic and the bytes of one step.</summary>
    public (double Flops, double Bytes) Work(string name)
    {
        var lines = Parse(Execute(ours, [name, "--work", "--data", data], 1, null));
        return (double.Parse(lines["flops"]), double.Parse(lines["bytes"]));
    }

    /// <summary>Says which PyTorch the peer is, and warns if its matrix products are the slow reference ones.</summary>
    public void DescribePeer()
    {
        var peer = Run("logistic", 1, false, ["--steps", "2"]);
        Console.Error.WriteLine($"# peer: PyTorch {peer["torch"]}, BLAS: {peer["blas"]}{(compile ? ", compiled" : "")}, {string.Join(' ', PeerSettings(1).Select(static s => $"{s.Name}={s.Value}"))}");
        if (peer["blas"].StartsWith("reference", StringComparison.Ordinal))
            Console.Error.WriteLine("warning: the peer uses the reference BLAS, which is many times too slow for a comparison; install OpenBLAS (Debian: libopenblas0-pthread)");
    }

    public Measurement Run(string name, int threads, bool ourSide, string[] options)
    {
        double first = 0;
        long start = Stopwatch.GetTimestamp();
        string[] arguments = [name, .. options, "--data", data];
        var lines = ourSide
            ? Execute(ours, arguments, threads, Watch)
            : Execute(python, [script, .. arguments, "--threads", $"{threads}", .. compile ? ["--compile"] : Array.Empty<string>()], threads, Watch);
        return new Measurement(Parse(lines), first);

        void Watch(string line)
        {
            if (line.StartsWith("first_loss", StringComparison.Ordinal)) first = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }
    }

    // Debian's OpenBLAS and PyTorch take unknown processors for old ones, and would be 4 to 6 times too slow.
    private static IEnumerable<(string Name, string Value)> PeerSettings(int threads)
    {
        foreach (string name in (string[])["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]) yield return (name, $"{threads}");
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64) yield break;
        bool wide = System.Runtime.Intrinsics.X86.Avx512F.IsSupported;
        yield return ("OPENBLAS_CORETYPE", wide ? "SkylakeX" : "Haswell");
        yield return ("ATEN_CPU_CAPABILITY", wide ? "avx512" : "avx2");
    }

    private static List<string> Execute(string program, string[] arguments, int threads, Action<string>? watch)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["FIRESTEEL_NUM_THREADS"] = $"{threads}";
        foreach (var (name, value) in PeerSettings(threads)) start.Environment[name] = value;
        Process? process;
        try
        {
            process = Process.Start(start);
        }
        catch (Win32Exception e)
        {
            throw new RunException($"{program} cannot be run: {e.Message}");
        }
        using (process)
        {
            var lines = new List<string>();
            while (process!.StandardOutput.ReadLine() is { } line)
            {
                watch?.Invoke(line);
                lines.Add(line);
            }
            process.WaitForExit();
            return process.ExitCode == 0 ? lines : throw new RunException($"{program} {string.Join(' ', arguments)} ended with code {process.ExitCode}");
        }
    }

    private static Dictionary<string, string> Parse(IEnumerable<string> lines) =>
        lines.Select(static l => l.Split('\t', 2)).Where(static l => l.Length == 2).ToDictionary(static l => l[0], static l => l[1]);
}
