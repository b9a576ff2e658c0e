using System.Globalization;
using System.Numerics;
using System.Text;

namespace Firesteel.Io;

/// <summary>Reads the formats of <c>torch.save</c>: a zip archive with one pickle and one file a storage, or (before PyTorch 1.6) a row of pickles with the storages behind them.</summary>
internal static class PtReader
{
    private const int LegacyProtocol = 1001, LatestVersion = 10;

    private static readonly BigInteger s_legacyMagic = BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    public static object? Read(ByteSource source, bool verify)
    {
        byte[] head = source.Read(0, (int)Math.Min(source.Length, FileKind.Needed), "the file");
        if (ZipArchiveReader.LooksLikeZip(head)) return ReadZip(source, verify);
        if (IsLegacy(head)) return ReadLegacy(source);
        string kind = FileKind.Guess(head) ?? $"something that begins with {Convert.ToHexStringLower(head.AsSpan(0, Math.Min(8, head.Length)))}";
        throw source.Error(0, $"this is no file of PyTorch but {kind}{(kind == FileKind.Tar ? ". PyTorch before 0.1.10 wrote such files, which are not supported: load it with a PyTorch before 2.6 and save it again" : "")}");
    }

    /// <summary>Whether a file that starts so can be one of PyTorch before 1.6: a pickle that begins with a long integer.</summary>
    public static bool IsLegacy(ReadOnlySpan<byte> start) => start is [0x80, ..] or [(byte)'L', >= (byte)'0' and <= (byte)'9', ..];

    /// <summary>Whether a zip archive is one of PyTorch, and not for instance an .npz file.</summary>
    public static bool IsPyTorch(ZipArchiveReader zip) => zip.Entries.Count > 0 && zip.Find(Folder(zip) + "data.pkl") is not null;

    private static string Folder(ZipArchiveReader zip) => zip.Entries.Count == 0 ? "" : zip.Entries[0].Name[..(zip.Entries[0].Name.IndexOf('/') + 1)];

    private static object? ReadZip(ByteSource source, bool verify)
    {
        var zip = new ZipArchiveReader(source);
        string folder = Folder(zip);
        if (zip.Find(folder + "constants.pkl") is not null || zip.Find(folder + "code/") is not null)
            throw source.Error(0, "this is a TorchScript program, not data. Load it with torch.jit.load in Python and save its state_dict()");
        if (folder.Length == 0 || zip.Find(folder + "data.pkl") is not { } pickle) throw source.Error(0, "this zip archive is no file of PyTorch: it has no data.pkl in its folder");
        if (Text("version") is { } version && !(int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= LatestVersion))
            throw source.Error(0, $"the version '{version}' of the file is not known");
        bool bigEndian = Text("byteorder") switch
        {
            null or "little" => false,
            "big" => true,
            var order => throw source.Error(0, $"the byte order '{order}' is not known"),
        };

        var content = zip.Content(pickle, verify);
        var storages = new PickledStorages();
        var reader = new PickleReader(content, 0, id => storages.Named(id, legacy: false));
        object? root = reader.Read();
        if (reader.End != content.Length) throw content.Error(reader.End, "data stands behind the pickle");
        foreach (var storage in storages.ByKey.Values)
        {
            if (zip.Find($"{folder}data/{storage.Key}") is not { } entry) throw content.Error(0, $"there is no file '{folder}data/{storage.Key}' for the elements of {Name(root, storage)}");
            if (entry.Size != storage.ByteCount)
                throw source.Error(entry.DataOffset, $"'{entry.Name}' has {entry.Size} bytes; {Name(root, storage)} needs {storage.ByteCount} ({storage.Count} of {storage.DType?.Name() ?? "no type"})");
            try
            {
                Place(storage, zip.Content(entry, verify), 0, bigEndian);
            }
            catch (CheckpointFormatException e)
            {
                throw source.Error(entry.DataOffset, $"{e.Reason} (elements of {Name(root, storage)})", e);
            }
        }
        return Finish(root, content, 0);

        string? Text(string name)
        {
            if (zip.Find(folder + name) is not { } entry) return null;
            var text = zip.Content(entry, verify);
            return Encoding.Latin1.GetString(text.Read(0, (int)Math.Min(text.Length, 32), name)).TrimEnd();
        }
    }

    private static object? ReadLegacy(ByteSource source)
    {
        var reader = new PickleReader(source, 0);
        if (reader.Read() is not BigInteger magic || magic != s_legacyMagic) throw source.Error(0, "this pickle is no file of PyTorch: it does not begin with PyTorch's number");
        reader = new PickleReader(source, reader.End);
        if (reader.Read() is not long protocol || protocol != LegacyProtocol) throw source.Error(reader.End, $"the protocol of the file is not {LegacyProtocol}");
        // Facts about the computer that wrote it; elements are little-endian on all.
        reader = new PickleReader(source, reader.End);
        if (reader.Read() is not PickledDictionary) throw source.Error(reader.End, "the description of the writer is no dictionary");
        long start = reader.End;
        var storages = new PickledStorages();
        reader = new PickleReader(source, start, id => storages.Named(id, legacy: true));
        object? root = reader.Read();

        reader = new PickleReader(source, reader.End);
        if (reader.Read() is not List<object?> keys) throw source.Error(reader.End, "the keys of the storages are no list");
        long at = reader.End;
        foreach (object? item in keys)
        {
            string? key = item switch { string text => text, Python2String text => text.ToString(), _ => null };
            if (key is null || !storages.ByKey.TryGetValue(key, out var storage)) throw source.Error(at, "the list of storages has one that no tensor uses");
            if (storage.Memory is not null) throw source.Error(at, $"storage '{key}' is listed twice");
            long count = BitConverter.ToInt64(source.Read(at, 8, $"the size of {Name(root, storage)}"));
            if (count != storage.Count) throw source.Error(at, $"the storage of {Name(root, storage)} has {count} elements instead of {storage.Count}");
            Place(storage, source, at + 8, bigEndian: false, $"the storage of {Name(root, storage)}");
            at += 8 + storage.ByteCount;
        }
        if (storages.ByKey.Values.FirstOrDefault(static s => s.Memory is null) is { } absent) throw source.Error(at, $"the elements of {Name(root, absent)} are missing");
        if (at != source.Length) throw source.Error(at, "data stands behind the last storage");
        return Finish(root, source, start);
    }

    /// <summary>Gives a storage its memory.</summary>
    private static void Place(PickledStorage storage, ByteSource content, long offset, bool bigEndian, string what = "the storage")
    {
        if (storage.DType is null && bigEndian) throw content.Error(offset, "bytes without a type are not supported in a big-endian file");
        // Bytes of no type have to suit tensors of any.
        var dtype = storage.DType ?? (storage.Count % 8 == 0 ? DType.Int64 : DType.UInt8);
        var elements = content.Tensor(offset, Shape.Create([storage.ByteCount / dtype.ItemSize()]), dtype, what);
        if (bigEndian) elements = ByteOrder.Swapped(elements);
        // Part of a stream's memory: tensors that share nothing must not share their count of writes either.
        else if (elements.Layout.Storage.ByteCount != storage.ByteCount) elements = elements.Clone();
        storage.Memory = elements.Layout.Storage;
        storage.ByteOffset = elements.Layout.Offset * dtype.ItemSize();
    }

    private static object? Finish(object? root, ByteSource source, long offset)
    {
        try
        {
            return PickleTree.ToObjects(root);
        }
        catch (PickleError e)
        {
            throw source.Error(offset, e.Message);
        }
    }

    private static string Name(object? root, PickledStorage storage) => PickleTree.NameOf(root, storage) is { Length: > 0 } name ? $"'{name}'" : "the tensor";
}
