using System.IO.Compression;

namespace Firesteel.Io;

/// <summary>
/// The files in a zip archive (<see cref="ZipDirectory"/> says which archives are refused). Stored files are not copied; deflated ones are
/// unpacked into memory, within a limit. Checksums are compared.
/// </summary>
internal sealed class ZipArchiveReader
{
    /// <summary>All deflated content together may take this much memory, or <see cref="MaxRatio"/> times the archive if that is more.</summary>
    private const long FreeBytes = 256 << 20;

    private const long MaxRatio = 100;

    private readonly ByteSource _source;
    private readonly Dictionary<string, ZipEntry> _byName;
    private long _inflated;

    /// <summary>Reads the directory of an archive.</summary>
    /// <exception cref="CheckpointFormatException">It is no archive, or one that is refused.</exception>
    public ZipArchiveReader(ByteSource source)
    {
        _source = source;
        Entries = ZipDirectory.Read(source);
        _byName = new Dictionary<string, ZipEntry>(Entries.Count);
        foreach (var entry in Entries)
            if (!_byName.TryAdd(entry.Name, entry)) throw source.Error(entry.DataOffset, $"the zip archive holds '{entry.Name}' twice");
    }

    /// <summary>True if a source starts as a zip archive does, an empty one included.</summary>
    public static bool LooksLikeZip(ReadOnlySpan<byte> start) => start.StartsWith("PK\u0003\u0004"u8) || start.StartsWith("PK\u0005\u0006"u8);

    /// <summary>All files, in the order of the directory.</summary>
    public IReadOnlyList<ZipEntry> Entries { get; }

    /// <summary>The file of this name, or null.</summary>
    public ZipEntry? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The content of a file; its checksum is compared first unless <paramref name="verify"/> is false.</summary>
    /// <exception cref="CheckpointFormatException">It is damaged, or unpacks to more than it says or than is allowed.</exception>
    public ByteSource Content(ZipEntry entry, bool verify = true)
    {
        if (entry.IsDeflated) return Inflate(entry);
        var content = _source.Slice(entry.DataOffset, entry.Size, entry.Name, $"'{entry.Name}': ");
        if (!verify) return content;
        uint crc = 0;
        content.Visit(0, content.Length, entry.Name, piece => crc = Crc32.Append(crc, piece));
        CheckCrc(entry, crc);
        return content;
    }

    private ByteSource Inflate(ZipEntry entry)
    {
        long limit = Math.Max(FreeBytes, _source.Length > long.MaxValue / MaxRatio ? long.MaxValue : MaxRatio * _source.Length);
        if (entry.Size > limit - _inflated)
            throw _source.Error(entry.DataOffset, $"'{entry.Name}' of {entry.CompressedSize} bytes unpacks to {entry.Size}: compressed files of this archive may take {limit} bytes in all");
        _inflated += entry.Size;
        var storage = Device.Cpu.Allocate(entry.Size);
        uint crc = 0;
        try
        {
            using var packed = new ByteSourceStream(_source, entry.DataOffset, entry.CompressedSize);
            using var inflater = new DeflateStream(packed, CompressionMode.Decompress);
            TensorBytes.Fill(new View(storage, 0, Shape.Create([entry.Size]), DType.UInt8), (at, span) =>
            {
                int got = inflater.ReadAtLeast(span, span.Length, throwOnEndOfStream: false);
                if (got < span.Length) throw _source.Error(entry.DataOffset, $"'{entry.Name}' unpacks to {at + got} bytes instead of {entry.Size}");
                crc = Crc32.Append(crc, span);
            });
            if (inflater.ReadByte() >= 0) throw _source.Error(entry.DataOffset, $"'{entry.Name}' unpacks to more than the {entry.Size} bytes that the archive says");
        }
        catch (InvalidDataException e)
        {
            throw _source.Error(entry.DataOffset, $"the compressed data of '{entry.Name}' is damaged", e);
        }
        CheckCrc(entry, crc);
        return ByteSource.Of(storage, _source.Name).Slice(0, entry.Size, entry.Name, $"'{entry.Name}', unpacked: ");
    }

    private void CheckCrc(ZipEntry entry, uint crc)
    {
        if (crc != entry.Crc) throw _source.Error(entry.DataOffset, $"'{entry.Name}' is damaged: its checksum is {crc:x8} instead of {entry.Crc:x8}");
    }
}
