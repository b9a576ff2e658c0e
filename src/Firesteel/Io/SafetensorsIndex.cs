using System.Text.Json;

namespace Firesteel.Io;

/// <summary>Reads the index of a model in several files: a JSON text with a <c>weight_map</c> from names of tensors to files in the same folder.</summary>
internal static class SafetensorsIndex
{
    /// <summary>Whether a file is JSON text; the first bytes of safetensors files are the length of their header.</summary>
    public static bool IsIndex(ByteSource source) =>
        FileKind.Guess(source.Read(0, (int)Math.Min(source.Length, FileKind.Needed), "the index")) == FileKind.Json;

    /// <summary>The tensors of all files, in the order of the index.</summary>
    public static SafetensorsFile Read(ByteSource source, string path)
    {
        if (source.Length > Safetensors.MaxHeader) throw source.Error(0, $"the index takes {source.Length} bytes, and {Safetensors.MaxHeader} are allowed");
        var json = new StrictJson(source, 0, source.Read(0, (int)source.Length, "the index"));
        OrderedDictionary<string, string>? map = null;
        json.StartObject("the index");
        while (json.Name(out string field))
        {
            if (field != "weight_map")
            {
                json.Skip();
                continue;
            }
            if (map is not null) throw json.Error("the index has 'weight_map' twice");
            map = [];
            json.StartObject("'weight_map'");
            while (json.Name(out string name))
            {
                string file = json.String($"the file of tensor '{name}'");
                // Whoever wrote the index does not get to choose what else is read on this machine.
                if (file.Length == 0 || file.AsSpan().ContainsAny("/\\:\0") || file is "." or "..") throw json.Error($"tensor '{name}' lies in '{file}', which is no plain file name");
                if (!map.TryAdd(name, file)) throw json.Error($"the index has tensor '{name}' twice");
            }
        }
        json.End();
        if (map is null) throw source.Error(0, "the index has no 'weight_map'");

        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var files = new Dictionary<string, SafetensorsFile>();
        var metadata = new OrderedDictionary<string, string>();
        var entries = new List<SafetensorsEntry>(map.Count);
        foreach (var (name, file) in map)
        {
            if (!files.TryGetValue(file, out var shard))
            {
                string shardPath = Path.Combine(folder, file);
                if (!File.Exists(shardPath)) throw source.Error(0, $"tensor '{name}' lies in '{file}', and there is no such file beside the index");
                files.Add(file, shard = Safetensors.Open(ByteSource.Open(shardPath)));
                foreach (var (key, value) in shard.Metadata) metadata.TryAdd(key, value);
            }
            if (!shard.ContainsKey(name)) throw source.Error(0, $"the index says that tensor '{name}' lies in '{file}', which does not have it");
            entries.Add(shard[name]);
        }
        return new SafetensorsFile(path, entries, metadata);
    }
}
