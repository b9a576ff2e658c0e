using System.Buffers.Binary;
using System.Text;

namespace Firesteel.Io;

/// <summary>
/// Reads the directory of a zip archive, and refuses whatever two programs could read differently: data before or behind the archive,
/// entries that overlap, local headers that say something else than the directory, archives in several parts. Encrypted files and
/// compressions other than deflate are refused by name.
/// </summary>
internal static class ZipDirectory
{
    private const int EndSize = 22, LocatorSize = 20, End64Size = 56, CentralSize = 46, LocalSize = 30, MaxComment = 65535;
    private const ushort Encrypted = 1, DataDescriptor = 1 << 3, Patched = 1 << 5, StrongEncryption = 1 << 6, MaskedHeaders = 1 << 13;

    private record struct Raw(string Name, byte[] NameBytes, ushort Flags, ushort Method, uint Crc, long CompressedSize, long Size, long HeaderOffset);

    /// <summary>All entries, in the order of the directory.</summary>
    public static List<ZipEntry> Read(ByteSource source)
    {
        var (offset, size, count) = FindDirectory(source);
        if (count > size / CentralSize) throw source.Error(offset, $"a zip directory of {size} bytes cannot hold {count} entries");
        if (size > Array.MaxLength) throw source.Error(offset, $"the zip directory takes {size} bytes");
        byte[] bytes = source.Read(offset, (int)size, "the zip directory");
        var raw = new List<Raw>((int)count);
        int at = 0;
        for (long i = 0; i < count; i++) raw.Add(ReadCentral(source, bytes, offset, ref at));
        if (at != bytes.Length) throw source.Error(offset + at, "data stands behind the last entry of the zip directory");

        // Where each entry has to end: where the next one begins, and the last one where the directory begins.
        int[] order = [.. Enumerable.Range(0, raw.Count).OrderBy(i => raw[i].HeaderOffset)];
        if (order.Length == 0 ? offset != 0 : raw[order[0]].HeaderOffset != 0) throw source.Error(0, "data stands before the zip archive");
        var entries = new ZipEntry[raw.Count];
        for (int i = 0; i < order.Length; i++)
        {
            long end = i + 1 < order.Length ? raw[order[i + 1]].HeaderOffset : offset;
            entries[order[i]] = ReadLocal(source, raw[order[i]], end);
        }
        return [.. entries];
    }

    private static (long Offset, long Size, long Count) FindDirectory(ByteSource source)
    {
        int tailSize = (int)Math.Min(source.Length, EndSize + MaxComment);
        byte[] tail = source.Read(source.Length - tailSize, tailSize, "the end of the zip archive");
        int found = -1;
        bool seen = false;
        for (int i = tailSize - EndSize; i >= 0; i--)
        {
            if (!tail.AsSpan(i).StartsWith("PK\u0005\u0006"u8)) continue;
            seen = true;
            if (i + EndSize + U16(tail, i + 20) != tailSize) continue;
            if (found >= 0) throw source.Error(source.Length - tailSize + i, "the zip archive has two ends, one in the comment of the other");
            found = i;
        }
        if (found < 0) throw source.Error(source.Length, seen ? "data stands behind the zip archive, or its end is cut off" : "the zip archive has no directory: its end is cut off or it is no zip archive");
        long end = source.Length - tailSize + found;
        var record = tail.AsSpan(found);
        if (U16(record, 4) is not (0 or 0xFFFF) || U16(record, 6) is not (0 or 0xFFFF)) throw source.Error(end, "the zip archive is one part of several");
        long onDisk = U16(record, 8), count = U16(record, 10), size = U32(record, 12), offset = U32(record, 16);

        if (end >= LocatorSize && source.Read(end - LocatorSize, LocatorSize, "the zip64 locator") is var locator && locator.AsSpan().StartsWith("PK\u0006\u0007"u8))
        {
            long end64 = (long)BinaryPrimitives.ReadUInt64LittleEndian(locator.AsSpan(8));
            if (U32(locator, 4) != 0 || U32(locator, 16) > 1) throw source.Error(end - LocatorSize, "the zip archive is one part of several");
            if (end64 < 0 || end64 > end - LocatorSize - End64Size) throw source.Error(end - LocatorSize, "the zip64 locator points outside the archive");
            var wide = source.Read(end64, End64Size, "the zip64 end").AsSpan();
            if (!wide.StartsWith("PK\u0006\u0006"u8)) throw source.Error(end64, "there is no zip64 end where the locator points");
            if (U64(wide, 4) != end - LocatorSize - end64 - 12) throw source.Error(end64, "data stands between the zip64 end and its locator");
            if (U32(wide, 16) != 0 || U32(wide, 20) != 0) throw source.Error(end64, "the zip archive is one part of several");
            onDisk = Either(onDisk, 0xFFFF, U64(wide, 24));
            count = Either(count, 0xFFFF, U64(wide, 32));
            size = Either(size, 0xFFFFFFFF, U64(wide, 40));
            offset = Either(offset, 0xFFFFFFFF, U64(wide, 48));
            end = end64;
        }
        if (onDisk != count) throw source.Error(end, "the zip archive is one part of several");
        if (count < 0 || size < 0 || offset < 0 || offset > end || size != end - offset)
            throw source.Error(end, $"the zip directory of {size} bytes at byte {offset} does not end where the archive does: data stands before, within or behind the archive, or it is cut off");
        return (offset, size, count);

        long Either(long narrow, long none, long wide) =>
            narrow == none || narrow == wide ? wide : throw source.Error(end, "the two ends of the zip64 archive contradict each other");
    }

    private static Raw ReadCentral(ByteSource source, byte[] bytes, long start, ref int at)
    {
        var entry = bytes.AsSpan(at);
        if (entry.Length < CentralSize || !entry.StartsWith("PK\u0001\u0002"u8)) throw source.Error(start + at, "an entry of the zip directory is damaged");
        int nameLength = U16(entry, 28), extraLength = U16(entry, 30), commentLength = U16(entry, 32);
        if (entry.Length < CentralSize + nameLength + extraLength + commentLength) throw source.Error(start + at, "an entry of the zip directory is cut off");
        ushort flags = U16(entry, 8), method = U16(entry, 10);
        byte[] nameBytes = entry.Slice(CentralSize, nameLength).ToArray();
        string name = Name(source, nameBytes, start + at);
        long compressed = U32(entry, 20), size = U32(entry, 24), offset = U32(entry, 42);
        if (compressed == 0xFFFFFFFF || size == 0xFFFFFFFF || offset == 0xFFFFFFFF)
        {
            var wide = Zip64(entry.Slice(CentralSize + nameLength, extraLength));
            size = Wide(size, ref wide);
            compressed = Wide(compressed, ref wide);
            offset = Wide(offset, ref wide);
            if (size < 0 || compressed < 0 || offset < 0) throw source.Error(start + at, $"the sizes of '{name}' in the zip directory make no sense");
        }
        if ((flags & (Encrypted | StrongEncryption | MaskedHeaders)) != 0) throw source.Error(start + at, $"'{name}' in the zip archive is encrypted, which is not supported");
        if ((flags & Patched) != 0) throw source.Error(start + at, $"'{name}' in the zip archive is a patch, which is not supported");
        if (method is not (0 or 8)) throw source.Error(start + at, $"'{name}' in the zip archive is compressed by method {method}; only stored (0) and deflated (8) files are supported");
        if (method == 0 && size != compressed) throw source.Error(start + at, $"'{name}' is stored in the zip archive, with two sizes: {compressed} and {size}");
        if (U16(entry, 34) is not (0 or 0xFFFF)) throw source.Error(start + at, "the zip archive is one part of several");
        uint crc = (uint)U32(entry, 16);
        at += CentralSize + nameLength + extraLength + commentLength;
        return new Raw(name, nameBytes, flags, method, crc, compressed, size, offset);
    }

    private static ZipEntry ReadLocal(ByteSource source, in Raw entry, long end)
    {
        if (entry.HeaderOffset > end - LocalSize - entry.NameBytes.Length) throw Overlap(source, entry);
        var header = source.Read(entry.HeaderOffset, LocalSize + entry.NameBytes.Length, "a local header of the zip archive").AsSpan();
        if (!header.StartsWith("PK\u0003\u0004"u8)) throw source.Error(entry.HeaderOffset, $"there is no local header of '{entry.Name}' in the zip archive");
        int nameLength = U16(header, 26), extraLength = U16(header, 28);
        if (nameLength != entry.NameBytes.Length || !header[LocalSize..].SequenceEqual(entry.NameBytes))
            throw source.Error(entry.HeaderOffset, $"the zip directory says '{entry.Name}' where the local header has another name");
        if (U16(header, 8) != entry.Method || ((U16(header, 6) ^ entry.Flags) & (Encrypted | DataDescriptor)) != 0) throw Contradiction(source, entry);
        long data = entry.HeaderOffset + LocalSize + nameLength + extraLength;
        if (data > end || entry.CompressedSize > end - data) throw Overlap(source, entry);

        long crc = U32(header, 14), compressed = U32(header, 18), size = U32(header, 22);
        bool later = (entry.Flags & DataDescriptor) != 0; // written behind the data
        if (compressed == 0xFFFFFFFF || size == 0xFFFFFFFF)
        {
            var wide = Zip64(source.Read(data - extraLength, extraLength, "a local header of the zip archive"));
            if (!wide.IsEmpty || !later)
            {
                size = Wide(size, ref wide);
                compressed = Wide(compressed, ref wide);
            }
        }
        if (!(crc == entry.Crc || (later && crc == 0)) || !Fits(compressed, entry.CompressedSize) || !Fits(size, entry.Size)) throw Contradiction(source, entry);
        return new ZipEntry(entry.Name, entry.Method == 8, entry.Crc, entry.CompressedSize, entry.Size, data);

        bool Fits(long local, long central) => local == central || (later && local is 0 or 0xFFFFFFFF);
    }

    private static CheckpointFormatException Overlap(ByteSource source, in Raw entry) =>
        source.Error(entry.HeaderOffset, $"'{entry.Name}' reaches into the next entry of the zip archive, or lies outside");

    private static CheckpointFormatException Contradiction(ByteSource source, in Raw entry) =>
        source.Error(entry.HeaderOffset, $"the zip directory and the local header of '{entry.Name}' contradict each other");

    /// <summary>Names are UTF-8, whatever the archive says of them; where they are not, each byte is a character.</summary>
    private static string Name(ByteSource source, byte[] bytes, long offset)
    {
        if (bytes.AsSpan().Contains((byte)0)) throw source.Error(offset, "a name in the zip archive contains a NUL character");
        return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : Encoding.Latin1.GetString(bytes);
    }

    /// <summary>The wide numbers of an entry, from its extra fields; empty if there are none.</summary>
    private static ReadOnlySpan<byte> Zip64(ReadOnlySpan<byte> extra)
    {
        while (extra.Length >= 4)
        {
            int size = U16(extra, 2);
            if (size > extra.Length - 4) return default;
            if (U16(extra, 0) == 1) return extra.Slice(4, size);
            extra = extra[(4 + size)..];
        }
        return default;
    }

    /// <summary>The next wide number if the narrow one says that there is one; -1 if it is missing.</summary>
    private static long Wide(long narrow, ref ReadOnlySpan<byte> wide)
    {
        if (narrow != 0xFFFFFFFF) return narrow;
        if (wide.Length < 8) return -1;
        long value = U64(wide, 0);
        wide = wide[8..];
        return value;
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static long U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long U64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);
}
