namespace Firesteel.Io;

/// <summary>Files with tensors of any kind that is known here (<c>torch.load</c>).</summary>
public static class TensorFile
{
    /// <summary>
    /// What is in a file; its kind is seen from its content, whatever its name. An <see cref="OrderedDictionary{TKey, TValue}"/> from names to tensors for safetensors
    /// (also by the index of a sharded model) and .npz, a <see cref="Tensor"/> for .npy, and for files of PyTorch what <see cref="Pt.Load(string, bool)"/> says.
    /// </summary>
    /// <exception cref="CheckpointFormatException">The file is damaged, hostile or of an unknown kind.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static object? Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var source = ByteSource.Open(path);
        byte[] start = source.Read(0, (int)Math.Min(source.Length, FileKind.Needed), "the file");
        if (ZipArchiveReader.LooksLikeZip(start)) return PtReader.IsPyTorch(new ZipArchiveReader(source)) ? PtReader.Read(source, verify: true) : Npz.Load(source);
        if (PtReader.IsLegacy(start)) return PtReader.Read(source, verify: true);
        if (NpyHeader.IsNpy(start)) return Npy.Load(source);
        if (FileKind.IsSafetensors(start)) return Safetensors.Load(path);
        if (FileKind.Guess(start) is not { } kind) throw source.Error(0, "the file is of no kind that is known here (safetensors, .npy, .npz, .pt)");
        if (kind == FileKind.Json) return Safetensors.Load(path);
        throw source.Error(0, $"the file is {kind}, and none with tensors (safetensors, .npy, .npz, .pt)");
    }
}
