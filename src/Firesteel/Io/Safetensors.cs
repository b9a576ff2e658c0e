using System.Buffers.Binary;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Firesteel.Io;

/// <summary>
/// The safetensors format (<c>safetensors.torch</c>): a JSON header and the elements of tensors behind it. Reading maps the file into memory and
/// copies nothing; writing to a tensor that was read never changes the file.
/// </summary>
public static class Safetensors
{
    /// <summary>The longest header, as in the reference implementation.</summary>
    internal const long MaxHeader = 100_000_000;

    /// <summary>The metadata under which <see cref="Save"/> notes checksums: a JSON object from the names of tensors to the CRC-32 of their bytes in eight hexadecimal digits.</summary>
    internal const string ChecksumKey = "firesteel.crc32";

    private static readonly UTF8Encoding s_strict = new(false, throwOnInvalidBytes: true);

    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// All tensors of a file, or of a sharded model by the path of its <c>.safetensors.index.json</c>, in the order of the header (<c>load_file</c>). Their
    /// elements are read from the file when they are used, so it must not be changed in place meanwhile; replacing it is safe.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where the tensors shall be; by default they stay in the mapped file.</param>
    /// <param name="verify">Compare the checksums that <see cref="Save"/> noted, which reads the whole file.</param>
    /// <exception cref="CheckpointFormatException">The file is damaged or of another kind, has elements of a type that is not supported, or with <paramref name="verify"/> no checksums or others.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static OrderedDictionary<string, Tensor> Load(string path, Device? device = null, bool verify = false)
    {
        var file = Open(path);
        if (verify) file.Verify();
        var tensors = new OrderedDictionary<string, Tensor>(file.Entries.Count);
        foreach (var entry in file.Entries) tensors.Add(entry.Name, device is null ? entry.Read() : entry.Read().To(device));
        return tensors;
    }

    /// <summary>The header of a file, or of a sharded model by the path of its <c>.safetensors.index.json</c>: names, types, shapes, metadata, and one tensor at a time (<c>safe_open</c>).</summary>
    /// <exception cref="CheckpointFormatException">The file is damaged or of another kind.</exception>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static SafetensorsFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var source = ByteSource.Open(path);
        return SafetensorsIndex.IsIndex(source) ? SafetensorsIndex.Read(source, path) : Open(source);
    }

    internal static SafetensorsFile Open(ByteSource source)
    {
        var (entries, metadata) = SafetensorsHeader.Read(source);
        return new SafetensorsFile(source.Name, entries, metadata);
    }

    /// <summary>
    /// Writes tensors, such as a <see cref="Nn.Module.StateDict"/>, into a file (<c>save_file</c>) that replaces one of this name as a whole. The header keeps
    /// their order, and the same tensors always give the same bytes. Checksums are added to the metadata.
    /// </summary>
    /// <exception cref="ArgumentException">A name is <c>__metadata__</c> or no valid text, or names and metadata take more than 100 MB.</exception>
    /// <exception cref="IOException">The file cannot be written; the path holds what it held before.</exception>
    public static void Save(IEnumerable<KeyValuePair<string, Tensor>> tensors, string path, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var all = tensors.ToList();
        byte[] header = Header(all, metadata, out var layout);
        AtomicFile.Write(path, stream => Write(stream, header, layout));
    }

    /// <summary>Writes what <see cref="Save"/> would, into a stream.</summary>
    internal static void WriteTo(Stream stream, IEnumerable<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        byte[] header = Header([.. tensors], metadata, out var layout);
        Write(stream, header, layout);
    }

    private static void Write(Stream stream, byte[] header, List<Tensor> layout)
    {
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var tensor in layout) TensorBytes.Visit(tensor.Contiguous(), stream.Write);
    }

    /// <summary>The header, and the tensors in the order of their data: wide elements first, so that all are aligned.</summary>
    private static byte[] Header(List<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata, out List<Tensor> layout)
    {
        var offsets = new Dictionary<string, long>(tensors.Count);
        layout = [];
        long end = 0;
        foreach (var (name, tensor) in tensors.OrderByDescending(static t => (t.Value ?? throw new ArgumentException($"Tensor '{t.Key}' is null.", nameof(tensors))).ElementSize()))
        {
            if (name == "__metadata__") throw new ArgumentException("No tensor can have the name '__metadata__' in a safetensors file.", nameof(tensors));
            if (!offsets.TryAdd(name, end)) throw new ArgumentException($"There are two tensors '{name}'.", nameof(tensors));
            layout.Add(tensor.Detach());
            end += tensor.NumElements * tensor.ElementSize();
        }
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text, s_json))
        {
            json.WriteStartObject();
            WriteMetadata(json, tensors, metadata);
            foreach (var (name, tensor) in tensors)
            {
                json.WriteStartObject(Valid(name));
                json.WriteString("dtype", SafetensorsDType.Name(tensor.DType));
                json.WriteStartArray("shape");
                foreach (long size in tensor.Shape) json.WriteNumberValue(size);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offsets[name]);
                json.WriteNumberValue(offsets[name] + tensor.NumElements * tensor.ElementSize());
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (text.Length % 8 != 0) text.WriteByte((byte)' ');
        if (text.Length > MaxHeader) throw new ArgumentException($"The names and shapes of the tensors and the metadata take {text.Length} bytes in a safetensors file, and {MaxHeader} are allowed.", nameof(tensors));
        return text.ToArray();
    }

    private static void WriteMetadata(Utf8JsonWriter json, List<KeyValuePair<string, Tensor>> tensors, IEnumerable<KeyValuePair<string, string>>? metadata)
    {
        var all = new OrderedDictionary<string, string>(metadata ?? []);
        if (tensors.Count > 0)
        {
            using var text = new MemoryStream();
            using (var checksums = new Utf8JsonWriter(text, s_json))
            {
                checksums.WriteStartObject();
                foreach (var (name, tensor) in tensors)
                {
                    uint crc = 0;
                    TensorBytes.Visit(tensor.Detach().Contiguous(), piece => crc = Crc32.Append(crc, piece));
                    checksums.WriteString(name, crc.ToString("x8", System.Globalization.CultureInfo.InvariantCulture));
                }
                checksums.WriteEndObject();
            }
            all[ChecksumKey] = Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
        }
        if (all.Count == 0) return;
        json.WriteStartObject("__metadata__");
        foreach (var (key, value) in all) json.WriteString(Valid(key), Valid(value));
        json.WriteEndObject();
    }

    /// <summary>The text, unless half of a surrogate pair makes it none; the JSON writer would change it without a word.</summary>
    private static string Valid(string text)
    {
        _ = s_strict.GetByteCount(text);
        return text;
    }
}
