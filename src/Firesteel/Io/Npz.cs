namespace Firesteel.Io;

/// <summary>NumPy's format for several arrays with names (<c>numpy.load</c>, <c>numpy.savez</c>): a zip archive of .npy files.</summary>
public static class Npz
{
    private const string Extension = ".npy";

    /// <summary>All arrays of a file by their names, in its order; see <see cref="Npy.Load(string)"/>. Checksums are compared. Compressed archives are read too.</summary>
    /// <exception cref="CheckpointFormatException">The file is damaged or of another kind, or holds something that is no array or not supported.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static OrderedDictionary<string, Tensor> Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Load(ByteSource.Open(path));
    }

    internal static OrderedDictionary<string, Tensor> Load(ByteSource source)
    {
        if (!ZipArchiveReader.LooksLikeZip(source.Read(0, (int)Math.Min(source.Length, 4), "the file"))) throw source.Error(0, $"not a .npz file: it does not begin as zip archives do{FileKind.Hint(source)}");
        var zip = new ZipArchiveReader(source);
        var arrays = new OrderedDictionary<string, Tensor>(zip.Entries.Count);
        foreach (var entry in zip.Entries)
        {
            if (!entry.Name.EndsWith(Extension, StringComparison.Ordinal)) throw source.Error(entry.DataOffset, $"'{entry.Name}' in the archive is no .npy file");
            arrays.Add(entry.Name[..^Extension.Length], Npy.Load(zip.Content(entry)));
        }
        return arrays;
    }

    /// <summary>Writes tensors, such as a <see cref="Nn.Module.StateDict"/>, into a file that NumPy reads; it replaces one of this name as a whole. The same tensors always give the same bytes.</summary>
    /// <exception cref="ArgumentException">A tensor is bfloat16, which NumPy lacks.</exception>
    /// <exception cref="IOException">The file cannot be written; the path holds what it held before.</exception>
    public static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var all = tensors.Select(static t => (t.Key, Header: Npy.Header(t.Value), t.Value)).ToList();
        AtomicFile.Write(path, stream =>
        {
            var zip = new ZipArchiveWriter(stream);
            foreach (var (name, header, tensor) in all) zip.Add(name + Extension, header, tensor.Detach().Contiguous());
            zip.Finish();
        });
    }
}
