using System.Diagnostics;
using System.Text.Json;
using Firesteel.Io;
using Xunit.Abstractions;

namespace Firesteel.Tests.Io;

/// <summary>Runs over a folder of malformed files with a manifest.json that says what is to become of each; FIRESTEEL_BADFILES names it.</summary>
[Collection(nameof(Devices.MemoryTests))]
public class BadFilesTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    [Fact]
    public void FilesDoWhatTheManifestSays()
    {
        if (Environment.GetEnvironmentVariable("FIRESTEEL_BADFILES") is not { Length: > 0 } folder)
        {
            output.WriteLine("skipped: FIRESTEEL_BADFILES names no folder");
            return;
        }
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "manifest.json")));
        var failures = new List<string>();
        int count = 0;
        foreach (var file in manifest.RootElement.EnumerateArray())
        {
            string name = file.GetProperty("file").GetString()!, verdict = file.GetProperty("verdict").GetString()!;
            count++;
            var (problem, elapsed) = Problem(Path.Combine(folder, name), verdict);
            // Once more for a machine that was busy with something else: what takes too long by itself takes too long again.
            if (problem is null && elapsed > s_limit) (problem, elapsed) = Problem(Path.Combine(folder, name), verdict);
            if (elapsed > s_limit) problem ??= $"took {elapsed}";
            if (problem is not null) failures.Add($"{name} ({verdict}, {file.GetProperty("why").GetString()}): {problem}");
        }
        foreach (string failure in failures) output.WriteLine(failure);
        LastLines.Write("badfiles", $"badfiles: {count - failures.Count}/{count} as the manifest says");
        Assert.Empty(failures);
    }

    private static (string? Problem, TimeSpan Elapsed) Problem(string path, string verdict)
    {
        var watch = Stopwatch.StartNew();
        return (ProblemOf(path, verdict), watch.Elapsed);
    }

    private static string? ProblemOf(string path, string verdict)
    {
        long before = GC.GetTotalAllocatedBytes() + Memory.Stats.LiveBytes;
        string? error = null;
        try
        {
            ReadAll(Load(path));
        }
        catch (CheckpointFormatException e)
        {
            error = e.Message;
            if (e.File != path || e.Offset < 0 || e.Reason.Length == 0) return $"an error without its place: {e}";
        }
        catch (Exception e)
        {
            return e.ToString();
        }
        long allocated = GC.GetTotalAllocatedBytes() + Memory.Stats.LiveBytes - before;
        if (allocated > 512L << 20) return $"allocated {allocated} bytes";
        if (verdict == "accept") return error;
        return verdict == "reject" && error is null ? "loaded" : null;
    }

    /// <summary>Loads with the reader that the name asks for; <see cref="TensorFile"/> would load a good file under any name.</summary>
    private static object? Load(string path) => Path.GetExtension(path) switch
    {
        ".safetensors" => Safetensors.Load(path),
        ".npy" => Npy.Load(path),
        ".npz" => Npz.Load(path),
        ".pt" or ".pth" or ".th" => Pt.Load(path),
        _ => TensorFile.Load(path),
    };

    /// <summary>Uses every tensor, so that nothing stays unread because it is lazy.</summary>
    internal static void ReadAll(object? value)
    {
        if (value is Tensor tensor) tensor.Clone();
        else if (value is IEnumerable<KeyValuePair<string, Tensor>> named)
        {
            foreach (var (_, element) in named) element.Clone();
        }
        else if (value is System.Collections.IDictionary table)
        {
            foreach (object? element in table.Values) ReadAll(element);
        }
        else if (value is System.Collections.IEnumerable list and not string)
        {
            foreach (object? element in list) ReadAll(element);
        }
    }
}
