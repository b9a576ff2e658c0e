using System.IO.Compression;

namespace Firesteel.Conformance;

/// <summary>The arrays of one .npz file by name, read when asked for.</summary>
public sealed class NpzArchive : IDisposable
{
    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _entries = [];
    private readonly Dictionary<string, NpyArray> _read = [];

    public NpzArchive(Stream stream)
    {
        _zip = new ZipArchive(stream, ZipArchiveMode.Read);
        foreach (var entry in _zip.Entries)
            _entries[entry.FullName.EndsWith(".npy", StringComparison.Ordinal) ? entry.FullName[..^4] : entry.FullName] = entry;
    }

    public IReadOnlyCollection<string> Names => _entries.Keys;

    /// <summary>The array of this name.</summary>
    /// <exception cref="KeyNotFoundException">The archive has no such array.</exception>
    public NpyArray this[string name]
    {
        get
        {
            if (_read.TryGetValue(name, out var known)) return known;
            if (!_entries.TryGetValue(name, out var entry)) throw new KeyNotFoundException($"npz: no array named {name}");
            using var stream = entry.Open();
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            return _read[name] = NpyArray.Parse(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        }
    }

    public bool Contains(string name) => _entries.ContainsKey(name);

    /// <summary>The bytes of one .npy member as stored.</summary>
    public byte[] RawBytes(string name)
    {
        using var stream = _entries[name].Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    public void Dispose() => _zip.Dispose();
}
