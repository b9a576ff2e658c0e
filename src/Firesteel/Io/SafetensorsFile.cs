namespace Firesteel.Io;

/// <summary>The tensors in a safetensors file or a sharded model, to be looked at before they are read, one at a time. Made by <see cref="Safetensors.Open(string)"/>; needs no Dispose.</summary>
public sealed class SafetensorsFile
{
    private readonly string _name;
    private readonly Dictionary<string, SafetensorsEntry> _byName;

    internal SafetensorsFile(string name, IReadOnlyList<SafetensorsEntry> entries, IReadOnlyDictionary<string, string> metadata)
    {
        (_name, Entries, Metadata) = (name, entries, metadata);
        _byName = entries.ToDictionary(static e => e.Name);
    }

    /// <summary>Name, type and shape of every tensor, in the order of the header.</summary>
    public IReadOnlyList<SafetensorsEntry> Entries { get; }

    /// <summary>The names of the tensors (<c>keys()</c>).</summary>
    public IEnumerable<string> Keys => Entries.Select(static e => e.Name);

    /// <summary>What the writer noted (<c>metadata()</c>), without checksums.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Whether there is a tensor of this name.</summary>
    public bool ContainsKey(string name) => _byName.ContainsKey(name);

    /// <summary>What the file says of a tensor.</summary>
    /// <exception cref="KeyNotFoundException">There is none of this name.</exception>
    public SafetensorsEntry this[string name] => _byName.TryGetValue(name, out var entry) ? entry : throw new KeyNotFoundException($"{_name}: there is no tensor '{name}'{Nn.Spelling.Suggestion(name, _byName.Keys)}.");

    /// <summary>One tensor (<c>get_tensor</c>); its elements are read from the file when they are used.</summary>
    /// <exception cref="KeyNotFoundException">There is none of this name.</exception>
    /// <exception cref="CheckpointFormatException">Its elements are of a type that is not supported.</exception>
    public Tensor GetTensor(string name) => this[name].Read();

    /// <summary>Compares the checksums of all tensors, which reads the whole file.</summary>
    /// <exception cref="CheckpointFormatException">The bytes of a tensor are not those that were written, or it has no checksum; the message names it.</exception>
    public void Verify()
    {
        foreach (var entry in Entries) entry.Verify();
    }
}
