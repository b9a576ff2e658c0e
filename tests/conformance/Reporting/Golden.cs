using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Firesteel.Conformance;

/// <summary>Copies the cases that pass into compressed archives, the fixtures of the test project, which needs no other folder then.</summary>
public static class Golden
{
    /// <summary>Writes one archive a group; returns how many cases of how many files went in, and their bytes.</summary>
    public static (int Cases, int Files, long Bytes) Write(CaseSource source, IReadOnlyCollection<Outcome> outcomes, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (string old in Directory.EnumerateFiles(folder, "*.zip")) File.Delete(old);
        int cases = 0, files = 0;
        var passed = outcomes.Where(o => o.Verdict == Verdict.Passed).ToLookup(o => (o.Group, o.Name));
        foreach (string group in new[] { OpRunner.Group, ModuleRunner.Group })
        {
            foreach (var archive in source.Names(group).GroupBy(key => group == OpRunner.Group ? Archive(key) : group))
            {
                var kept = archive.Where(key => passed[(group, key)].Any()).ToList();
                if (kept.Count == 0) continue;
                using var zip = ZipFile.Open(Path.Combine(folder, archive.Key + ".zip"), ZipArchiveMode.Create);
                foreach (string key in kept)
                {
                    cases += Copy(source, zip, group, key, [.. passed[(group, key)].Select(o => Number(o.Case))]);
                    files++;
                }
            }
        }
        using (var zip = ZipFile.Open(Path.Combine(folder, "optim.zip"), ZipArchiveMode.Create))
        {
            // Runners judge these lists in order, one outcome an element.
            var optim = JsonNode.Parse(source.Read("optim/optim.json"))!;
            var verdicts = new Queue<Outcome>(outcomes.Where(o => o.Group == OptimRunner.Group));
            foreach (string list in new[] { "trajectories", "schedulers", "errors" }) cases += KeepPassed(optim[list]!.AsArray(), verdicts);
            string text = optim.ToJsonString();
            Add(zip, "optim/optim.json", System.Text.Encoding.UTF8.GetBytes(text));
            Add(zip, "optim/optim.npz", Uncompressed(source.Read("optim/optim.npz"), name => OptimRunner.KeyOf(name) is { } key && text.Contains($"\"{key}\"", StringComparison.Ordinal)));

            var errors = JsonNode.Parse(source.Read("errors.json"))!.AsArray();
            cases += KeepPassed(errors, new Queue<Outcome>(outcomes.Where(o => o.Group == ErrorRunner.Group)));
            Add(zip, "errors.json", System.Text.Encoding.UTF8.GetBytes(errors.ToJsonString()));
        }
        return (cases, files, Directory.EnumerateFiles(folder, "*.zip").Sum(f => new FileInfo(f).Length));
    }

    private static int KeepPassed(JsonArray list, Queue<Outcome> verdicts)
    {
        foreach (var element in list.ToList())
            if (verdicts.Dequeue().Verdict != Verdict.Passed) list.Remove(element);
        return list.Count;
    }

    private static int Copy(CaseSource source, ZipArchive zip, string group, string key, HashSet<int> numbers)
    {
        var json = JsonNode.Parse(source.Read($"{group}/{key}.json"))!;
        var list = json["cases"]!.AsArray();
        foreach (var c in list.ToList())
            if (!numbers.Contains(c!["number"]!.GetValue<int>())) list.Remove(c);
        string text = json.ToJsonString();
        Add(zip, $"{group}/{key}.json", System.Text.Encoding.UTF8.GetBytes(text));
        Add(zip, $"{group}/{key}.npz", Uncompressed(source.Read($"{group}/{key}.npz"), name => text.Contains($"\"{name}\"", StringComparison.Ordinal)));
        return list.Count;
    }

    /// <summary>The .npz with its members stored, since the archive around it compresses better over all of them.</summary>
    private static byte[] Uncompressed(byte[] npz, Func<string, bool> keep)
    {
        using var result = new MemoryStream();
        using (var from = new NpzArchive(new MemoryStream(npz)))
        using (var to = new ZipArchive(result, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (string name in from.Names.Where(keep))
            {
                var entry = to.CreateEntry(name + ".npy", CompressionLevel.NoCompression);
                entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
                using var stream = entry.Open();
                stream.Write(from.RawBytes(name));
            }
        }
        return result.ToArray();
    }

    private static void Add(ZipArchive zip, string path, byte[] content)
    {
        var entry = zip.CreateEntry(path, CompressionLevel.SmallestSize);
        entry.LastWriteTime = new DateTimeOffset(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);
        using var stream = entry.Open();
        stream.Write(content);
    }

    private static string Archive(string key) => key.StartsWith("nn.functional.", StringComparison.Ordinal) ? "ops-nn"
        : key.StartsWith("linalg.", StringComparison.Ordinal) ? "ops-linalg"
        : key.StartsWith("special.", StringComparison.Ordinal) || key.StartsWith("fft.", StringComparison.Ordinal) ? "ops-special"
        : key.StartsWith("masked.", StringComparison.Ordinal) ? "ops-masked"
        : key[0] is '_' or (>= 'A' and <= 'Z') or (>= 'a' and <= 'g') ? "ops-a-g" : key[0] <= 'n' ? "ops-h-n" : "ops-o-z";

    private static int Number(string label) => int.Parse(label[1..label.IndexOf(' ')], System.Globalization.CultureInfo.InvariantCulture);
}
