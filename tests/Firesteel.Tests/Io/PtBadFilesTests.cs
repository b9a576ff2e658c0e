using System.Diagnostics;
using System.Text.Json;
using Firesteel.Io;
using Xunit.Abstractions;

namespace Firesteel.Tests;

/// <summary>What is done with malformed .pt files for which the manifest leaves it open (BadFilesTests has the others), where FIRESTEEL_BADFILES names a folder of them with a manifest.json.</summary>
[Collection(nameof(Devices.MemoryTests))]
public class PtBadFilesTests(ITestOutputHelper output)
{
    private const long MostBytes = 512L << 20;

    /// <summary>What is done with files that may be loaded or refused.</summary>
    private static readonly Dictionary<string, bool> s_policy = new()
    {
        ["1418_opcode_STRING_text"] = true, // protocol 0 is read too
        ["1422_opcode_DUP"] = false, // leaves an object on the stack
        ["1532_stream_long_binput_4g"] = true,
        ["1601_self_list"] = false, // nothing that is loaded contains itself
        ["1603_billion_laughs"] = false, // leaves objects on the stack
        ["1605_memo_flood"] = true,
        ["1711_storage_key_int"] = false,
        ["1721_storage_quantized_storage"] = false,
        ["1730_storage_same_key_two_dtypes"] = false,
        ["1732_location_garbage"] = true, // everything is loaded onto the processor
        ["1811_tensor_rank_100"] = false, // PyTorch's limit is 64
        ["1819_tensor_meta"] = false,
        ["1a00_top_level_not_dict"] = true,
        ["1a02_keys_not_strings"] = true,
        ["1b04_version_missing"] = true,
        ["1b10_deflated"] = true,
        ["1b18_suffix_junk"] = false, // what stands behind an archive is part of no archive
    };

    [Fact]
    public void AsTheManifestSays()
    {
        if (Environment.GetEnvironmentVariable("FIRESTEEL_BADFILES") is not { Length: > 0 } folder)
        {
            output.WriteLine("skipped: FIRESTEEL_BADFILES names no folder");
            return;
        }
        var wrong = new List<string>();
        int all = 0;
        foreach (var file in JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "manifest.json"))).RootElement.EnumerateArray())
        {
            string name = file.GetProperty("file").GetString()!;
            if (!name.EndsWith(".pt", StringComparison.Ordinal)) continue;
            all++;
            string verdict = file.GetProperty("verdict").GetString()!;
            bool accept = verdict == "accept" || (verdict == "policy" && s_policy[Path.GetFileNameWithoutExtension(name)]);
            string path = Path.Combine(folder, name);
            Memory.ResetPeakMemoryStats();
            long allocated = GC.GetAllocatedBytesForCurrentThread(), peak = Memory.Stats.PeakBytes;
            var watch = Stopwatch.StartNew();
            string result;
            try
            {
                Pt.Load(path);
                result = accept ? "" : "loaded";
            }
            catch (CheckpointFormatException e)
            {
                result = accept ? e.Message : "";
                output.WriteLine($"{Path.GetFileName(name)}: {e.Reason} (at {e.Offset})");
                if (e.File != path) result += " does not name the file";
            }
            catch (Exception e)
            {
                result = e.ToString();
            }
            if (watch.Elapsed.TotalSeconds > 2) result += $" took {watch.Elapsed.TotalSeconds:F1} s";
            if (GC.GetAllocatedBytesForCurrentThread() - allocated + Memory.Stats.PeakBytes - peak > MostBytes) result += " took too much memory";
            if (result.Length > 0) wrong.Add($"{name} ({verdict}): {result}");
        }
        output.WriteLine($"{all - wrong.Count} of {all} .pt files as the manifest and our policy say");
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }
}
