namespace Firesteel.Io;

/// <summary>
/// Files of PyTorch: <c>.pt</c>, <c>.pth</c>, <c>.th</c>, <c>.bin</c> (<c>torch.load</c> and <c>torch.save</c>). Reading runs nothing that a file says: it loads
/// what <c>torch.load(..., weights_only=True)</c> loads, from all formats since PyTorch 0.1.10, and refuses the rest by name.
/// </summary>
/// <remarks>
/// What Python calls a dictionary becomes an <see cref="OrderedDictionary{TKey, TValue}"/> with keys of type string, or long if all are integers, or else
/// object; a list a <c>List&lt;object?&gt;</c>, a tuple an <c>object?[]</c>, a set a <c>HashSet&lt;object?&gt;</c>; numbers are long (beyond that
/// BigInteger), double, bool and Complex; then string, byte[], null, <see cref="DType"/>, <see cref="Shape"/>, <see cref="Tensor"/> and
/// <see cref="Nn.Parameter"/>. Saving takes the same, and any other dictionary, list or pair.
/// </remarks>
public static class Pt
{
    /// <summary>
    /// Everything in a file (<c>torch.load(path, weights_only=True)</c>). Tensors lie in the file's memory map, without a copy, and share storages as they did
    /// when they were saved; writing to one does not change the file.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="verify">Whether to compare checksums. PyTorch can be told to write none (<c>set_crc32_options(False)</c>); such files load with false.</param>
    /// <exception cref="CheckpointFormatException">The file is damaged, no file of PyTorch, or holds what is not supported.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static object? Load(string path, bool verify = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return PtReader.Read(ByteSource.Open(path), verify);
    }

    /// <summary>The same from a stream, which is read to its end into memory.</summary>
    /// <exception cref="CheckpointFormatException">The content is damaged, not PyTorch's, or not supported.</exception>
    public static object? Load(Stream stream, bool verify = true)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return PtReader.Read(ByteSource.Of(stream, stream is FileStream file ? file.Name : "the stream"), verify);
    }

    /// <summary>The tensors of a state dictionary by name, in order: <c>model.LoadStateDict(Pt.LoadStateDict("model.pt"))</c>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="key">
    /// Where it stands in a training checkpoint: <c>"model_state_dict"</c>; inside further dictionaries with a dot between: <c>"ema.model"</c>. Not given: the file is
    /// the state dictionary.
    /// </param>
    /// <param name="verify">Whether to compare checksums.</param>
    /// <exception cref="CheckpointFormatException">As for <see cref="Load(string, bool)"/>; or there is no state dictionary, then the message tells what there is.</exception>
    public static OrderedDictionary<string, Tensor> LoadStateDict(string path, string? key = null, bool verify = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var source = ByteSource.Open(path);
        return StateDictSearch.Find(PtReader.Read(source, verify), key, source);
    }

    /// <summary>
    /// Writes tensors, numbers, strings, lists and dictionaries so that PyTorch loads them with <c>torch.load(path, weights_only=True)</c>
    /// (<c>torch.save</c>). Tensors that share memory share it in the file. The file is replaced as a whole or not at all.
    /// </summary>
    /// <exception cref="NotSupportedException">An object has no counterpart in such files; the message tells where it stands.</exception>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Save(object? value, string path) => AtomicFile.Write(path, stream => PtWriter.Write(stream, value));

    /// <summary>The same into a stream, which stays open.</summary>
    /// <exception cref="NotSupportedException">An object has no counterpart in such files.</exception>
    public static void Save(object? value, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        PtWriter.Write(stream, value);
    }
}
