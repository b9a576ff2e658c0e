using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace Firesteel.Io;

/// <summary>Reads the header of a safetensors file: eight bytes of length, JSON, and then the elements without gaps to the end of the file.</summary>
internal static class SafetensorsHeader
{
    /// <summary>Tensors in the order of the header, and the metadata without checksums.</summary>
    public static (List<SafetensorsEntry> Entries, OrderedDictionary<string, string> Metadata) Read(ByteSource source)
    {
        Span<byte> prefix = stackalloc byte[8];
        if (source.Length < prefix.Length) throw source.Error(source.Length, $"not a safetensors file: it ends within the length of its header{FileKind.Hint(source)}");
        source.Read(0, prefix, "the length of the header");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > Safetensors.MaxHeader) throw source.Error(0, $"not a safetensors file: its header would take {length} bytes, and {Safetensors.MaxHeader} are allowed{FileKind.Hint(source)}");
        if (length > (ulong)(source.Length - prefix.Length))
            throw source.Error(0, $"the header of {length} bytes is cut off, or this is no safetensors file: {source.Length - prefix.Length} bytes follow its length{(length == 0 ? "" : FileKind.Hint(source))}");
        long data = prefix.Length + (long)length;
        var json = new StrictJson(source, prefix.Length, source.Read(prefix.Length, (int)length, "the header"));

        var entries = new OrderedDictionary<string, SafetensorsEntry>();
        OrderedDictionary<string, string>? metadata = null;
        bool hasMetadata = false;
        json.StartObject("the header");
        while (json.Name(out string name))
        {
            if (name == "__metadata__")
            {
                if (hasMetadata) throw json.Error("the header has '__metadata__' twice");
                hasMetadata = true;
                metadata = ReadMetadata(ref json);
            }
            else if (entries.ContainsKey(name)) throw json.Error($"the header has tensor '{name}' twice");
            else entries.Add(name, ReadEntry(ref json, source, data, name));
        }
        json.End();
        CheckLayout(source, data, entries.Values);
        metadata ??= [];
        ReadChecksums(source, metadata, entries);
        return ([.. entries.Values], metadata);
    }

    private static OrderedDictionary<string, string>? ReadMetadata(ref StrictJson json)
    {
        json.Next();
        if (json.Token == JsonTokenType.Null) return null; // the reference reader takes it for absent
        if (json.Token != JsonTokenType.StartObject) throw json.Error("'__metadata__' is not a JSON object");
        var metadata = new OrderedDictionary<string, string>();
        while (json.Name(out string key))
            if (!metadata.TryAdd(key, json.String($"metadata '{key}'"))) throw json.Error($"the metadata has '{key}' twice");
        return metadata;
    }

    private static SafetensorsEntry ReadEntry(ref StrictJson json, ByteSource source, long data, string name)
    {
        json.StartObject($"tensor '{name}'");
        long start = data;
        string? format = null;
        List<long>? sizes = null, offsets = null;
        while (json.Name(out string field))
        {
            if (field == "dtype" && format is null) format = json.String($"the dtype of tensor '{name}'");
            else if (field == "shape" && sizes is null) sizes = json.Integers($"the shape of tensor '{name}'");
            else if (field == "data_offsets" && offsets is null) offsets = json.Integers($"data_offsets of tensor '{name}'");
            else if (field is "dtype" or "shape" or "data_offsets") throw json.Error($"tensor '{name}' has {field} twice");
            else json.Skip();
        }
        if (format is null || sizes is null || offsets is null)
            throw json.Error($"tensor '{name}' has no {(format is null ? "dtype" : sizes is null ? "shape" : "data_offsets")}");
        if (SafetensorsDType.Find(format) is not { } type) throw json.Error($"tensor '{name}' has elements of type '{format}', which the format does not know");
        if (offsets is not [var begin, var end]) throw json.Error($"data_offsets of tensor '{name}' are {offsets.Count} numbers instead of two");
        if (begin > end || end > source.Length - data) throw json.Error($"tensor '{name}' lies at {begin} to {end} of {source.Length - data} bytes of data");
        var shape = CheckpointShape.Of(source, data, sizes, type.Bits, $"tensor '{name}'");
        Int128 bits = (Int128)shape.NumElements * type.Bits;
        if (bits != (Int128)(end - begin) * 8) throw json.Error($"tensor '{name}' of {format} [{string.Join(", ", sizes)}] has {end - begin} bytes of data");
        return new SafetensorsEntry(name, format, type.DType, shape, source, data + begin, end - begin);
    }

    /// <summary>Each tensor starts where the one before it ends, and the last one ends with the file: nothing overlaps and nothing is hidden.</summary>
    private static void CheckLayout(ByteSource source, long data, IEnumerable<SafetensorsEntry> entries)
    {
        long at = data;
        foreach (var entry in entries.OrderBy(static e => e.Offset).ThenBy(static e => e.ByteCount))
        {
            if (entry.Offset != at)
                throw source.Error(Math.Min(at, entry.Offset), $"tensor '{entry.Name}' {(entry.Offset < at ? "overlaps another" : $"does not follow the one before it: {entry.Offset - at} bytes belong to none")}");
            at += entry.ByteCount;
        }
        if (at != source.Length) throw source.Error(at, $"{source.Length - at} bytes at the end belong to no tensor");
    }

    private static void ReadChecksums(ByteSource source, OrderedDictionary<string, string> metadata, OrderedDictionary<string, SafetensorsEntry> entries)
    {
        if (!metadata.Remove(Safetensors.ChecksumKey, out string? text)) return;
        long start = 8;
        var json = new StrictJson(source, start, System.Text.Encoding.UTF8.GetBytes(text));
        json.StartObject("the table of checksums");
        while (json.Name(out string name))
        {
            string value = json.String($"the checksum of tensor '{name}'");
            if (!entries.TryGetValue(name, out var entry)) throw source.Error(start, $"there is a checksum of '{name}', and no such tensor");
            if (entry.Crc is not null || value.Length != 8 || !uint.TryParse(value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint crc))
                throw source.Error(start, $"the checksum of tensor '{name}' is not eight hexadecimal digits, or stands there twice");
            entry.Crc = crc;
        }
        json.End();
    }
}
