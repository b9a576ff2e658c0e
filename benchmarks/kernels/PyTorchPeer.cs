using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Firesteel.Compare;

namespace Firesteel.KernelBenchmarks;

/// <summary>A Python process that is told cases line by line, and answers each with what it measured.</summary>
internal sealed class PyTorchPeer : IDisposable
{
    private readonly Process _process;

    public PyTorchPeer(string python, int threads, bool processorTime)
    {
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "peer.py"), $"{threads}", processorTime ? "processor" : "wall"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false,
        };
        foreach (string name in (string[])["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"]) start.Environment[name] = $"{threads}";
        if (RuntimeInformation.ProcessArchitecture == Architecture.X64)
        {
            // Debian's OpenBLAS and PyTorch take unknown processors for old ones.
            bool wide = System.Runtime.Intrinsics.X86.Avx512F.IsSupported;
            start.Environment["OPENBLAS_CORETYPE"] = wide ? "SkylakeX" : "Haswell";
            start.Environment["ATEN_CPU_CAPABILITY"] = wide ? "avx512" : "avx2";
        }
        try
        {
            _process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new RunException($"{python} cannot be run: {e.Message}; name a Python that has PyTorch with --python PATH");
        }
        string? first = _process.StandardOutput.ReadLine();
        if (first is null) throw new RunException($"{python} has no PyTorch (Debian: apt install python3-torch); name another with --python PATH");
        Description = first;
    }

    public string Description { get; }

    /// <summary>Makes what a case reads.</summary>
    public void Prepare(PyTorchCase peer) => Ask(JsonSerializer.Serialize(new Dictionary<string, string> { ["setup"] = peer.Setup, ["expression"] = peer.Expression }));

    /// <summary>Runs the prepared case for about so many seconds; the shortest and the median time.</summary>
    public (double Minimum, double Median) Measure(double seconds)
    {
        string[] answer = Ask(seconds.ToString("R", CultureInfo.InvariantCulture)).Split('\t');
        return (double.Parse(answer[0], CultureInfo.InvariantCulture), double.Parse(answer[1], CultureInfo.InvariantCulture));
    }

    private string Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
        return _process.StandardOutput.ReadLine() ?? throw new RunException($"the peer ended at {line}");
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
