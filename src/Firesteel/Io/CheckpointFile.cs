using System.Globalization;
using System.Text;

namespace Firesteel.Io;

/// <summary>A checkpoint as it lies in a file: a safetensors file whose metadata hold a <see cref="StateTree"/> and a checksum of everything that the checksums of its tensors do not cover.</summary>
internal sealed class CheckpointFile : IDisposable
{
    private const string TreeKey = "firesteel.checkpoint", HeaderChecksumKey = "firesteel.checkpoint.crc32";

    private readonly string _path;
    private readonly SafetensorsFile _file;
    private readonly string _tree;

    private CheckpointFile(string path, SafetensorsFile file, string tree) => (_path, _file, _tree) = (path, file, tree);

    /// <summary>Writes a tree of states and values; the path holds this or what it held before.</summary>
    public static void Save(string path, IReadOnlyDictionary<string, object> root)
    {
        var tensors = new OrderedDictionary<string, Tensor>();
        string tree = StateTree.Write(root, tensors);
        Safetensors.Save(tensors, path, new Dictionary<string, string>
        {
            [TreeKey] = tree,
            [HeaderChecksumKey] = Checksum(tree, tensors.Select(static t => (t.Key, SafetensorsDType.Name(t.Value.DType), t.Value.Shape))),
        });
    }

    /// <summary>Opens a checkpoint and makes sure that its header is what was written.</summary>
    /// <exception cref="CheckpointFormatException">The file is damaged or no checkpoint.</exception>
    public static CheckpointFile Open(string path)
    {
        var file = Safetensors.Open(path);
        if (!file.Metadata.TryGetValue(TreeKey, out var tree) || !file.Metadata.TryGetValue(HeaderChecksumKey, out var expected))
            throw new CheckpointFormatException(path, 8, "the file holds tensors, but is no checkpoint that training can go on from: Safetensors.Load reads it");
        string actual = Checksum(tree, file.Entries.Select(static e => (e.Name, e.Format, e.Shape)));
        if (actual != expected) throw new CheckpointFormatException(path, 8, $"the header is damaged: its checksum is {actual} instead of {expected}");
        return new CheckpointFile(path, file, tree);
    }

    /// <summary>Reads all tensors and makes sure that they are what was written.</summary>
    /// <exception cref="CheckpointFormatException">One is not; the message names it.</exception>
    public void Verify() => _file.Verify();

    /// <summary>Closes the file. What <see cref="Read"/> left in it can then no more be read.</summary>
    public void Dispose()
    {
        foreach (var entry in _file.Entries) entry.Source.Dispose();
    }

    /// <summary>The tree; the tensors of the <paramref name="lazy"/> parts are read from the file when they are used.</summary>
    /// <exception cref="CheckpointFormatException">It is not one.</exception>
    public Dictionary<string, object> Read(Predicate<string>? lazy = null)
    {
        try
        {
            return StateTree.Read(_tree, (part, name) =>
            {
                if (!_file.ContainsKey(name)) throw new FormatException($"there is no tensor '{name}'");
                return lazy?.Invoke(part) == true ? _file.GetTensor(name) : _file[name].Copy();
            });
        }
        catch (FormatException e) when (e is not CheckpointFormatException)
        {
            throw Error($"the states cannot be read: {e.Message}", e);
        }
    }

    public CheckpointFormatException Error(string reason, Exception? inner = null) => new(_path, 8, reason, inner);

    private static string Checksum(string tree, IEnumerable<(string Name, string Type, Shape Shape)> tensors)
    {
        var text = new StringBuilder(tree);
        foreach (var (name, type, shape) in tensors) text.Append('\n').Append(name).Append(' ').Append(type).Append(' ').Append(shape);
        return Crc32.Of(Encoding.UTF8.GetBytes(text.ToString())).ToString("x8", CultureInfo.InvariantCulture);
    }
}
