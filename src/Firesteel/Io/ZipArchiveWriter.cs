using System.Buffers.Binary;
using System.Text;

namespace Firesteel.Io;

/// <summary>
/// Writes a zip archive of stored files whose data starts at multiples of 64, as PyTorch aligns it, in the order in which they are added.
/// The same content gives the same bytes. Call <see cref="Finish"/> at the end.
/// </summary>
internal sealed class ZipArchiveWriter(Stream output)
{
    private const int Alignment = 64;
    private const uint Wide = 0xFFFFFFFF;
    private const ushort Utf8Flag = 1 << 11, FirstDay = (1 << 5) | 1; // 1980-01-01, the earliest date

    private readonly MemoryStream _directory = new();
    private readonly HashSet<string> _names = [];
    private long _position;
    private long _count;

    /// <summary>Adds a file: some bytes, followed by the elements of a row-major tensor if one is given.</summary>
    /// <exception cref="ArgumentException">There is a file of this name already, or the name is too long.</exception>
    public void Add(string name, ReadOnlySpan<byte> content, Tensor? elements = null)
    {
        if (!_names.Add(name)) throw new ArgumentException($"The archive has a file '{name}' already.", nameof(name));
        byte[] nameBytes = Encoding.UTF8.GetBytes(name);
        if (nameBytes.Length > ushort.MaxValue) throw new ArgumentException($"A name of {nameBytes.Length} bytes is too long for a zip archive.", nameof(name));
        uint crc = Crc32.Of(content);
        long size = content.Length;
        if (elements is not null)
        {
            size += TensorBytes.Count(elements.Layout);
            TensorBytes.Visit(elements, piece => crc = Crc32.Append(crc, piece));
        }

        long header = _position;
        bool wideSize = size >= Wide, wideOffset = header >= Wide;
        byte[] local = wideSize ? Zip64(size, size) : [];
        byte[] padding = Padding(header + 30 + nameBytes.Length + local.Length);
        WriteFixed(output, "PK\u0003\u0004"u8, null);
        output.Write(nameBytes);
        output.Write(local);
        output.Write(padding);
        output.Write(content);
        if (elements is not null) TensorBytes.Visit(elements, output.Write);
        _position = header + 30 + nameBytes.Length + local.Length + padding.Length + size;

        long[] wide = [.. wideSize ? [size, size] : (long[])[], .. wideOffset ? [header] : (long[])[]];
        byte[] central = wide.Length > 0 ? Zip64(wide) : [];
        WriteFixed(_directory, "PK\u0001\u0002"u8, central.Length);
        _directory.Write(nameBytes);
        _directory.Write(central);
        _count++;

        void WriteFixed(Stream stream, ReadOnlySpan<byte> signature, int? centralExtra)
        {
            ushort version = (ushort)(wideSize || wideOffset ? 45 : 20);
            ushort flags = nameBytes.Length == name.Length ? (ushort)0 : Utf8Flag;
            stream.Write(signature);
            if (centralExtra is not null) U16(stream, version);
            U16(stream, version);
            U16(stream, flags);
            U16(stream, 0); // stored
            U16(stream, 0); // midnight
            U16(stream, FirstDay);
            U32(stream, crc);
            U32(stream, wideSize ? Wide : (uint)size);
            U32(stream, wideSize ? Wide : (uint)size);
            U16(stream, (ushort)nameBytes.Length);
            U16(stream, (ushort)(centralExtra ?? local.Length + padding.Length));
            if (centralExtra is null) return;
            U16(stream, 0); // no comment
            U16(stream, 0); // first disk
            U16(stream, 0); // attributes
            U32(stream, 0);
            U32(stream, wideOffset ? Wide : (uint)header);
        }
    }

    /// <summary>Writes the directory.</summary>
    public void Finish()
    {
        long offset = _position, size = _directory.Length;
        _directory.WriteTo(output);
        if (_count >= ushort.MaxValue || offset >= Wide || size >= Wide)
        {
            output.Write("PK\u0006\u0006"u8);
            U64(output, 44); // bytes that follow
            U16(output, 45);
            U16(output, 45);
            U32(output, 0);
            U32(output, 0);
            U64(output, _count);
            U64(output, _count);
            U64(output, size);
            U64(output, offset);
            output.Write("PK\u0006\u0007"u8);
            U32(output, 0);
            U64(output, offset + size);
            U32(output, 1);
        }
        output.Write("PK\u0005\u0006"u8);
        U16(output, 0);
        U16(output, 0);
        U16(output, (ushort)Math.Min(_count, ushort.MaxValue));
        U16(output, (ushort)Math.Min(_count, ushort.MaxValue));
        U32(output, (uint)Math.Min(size, Wide));
        U32(output, (uint)Math.Min(offset, Wide));
        U16(output, 0);
    }

    /// <summary>An extra field that nobody reads, so long that data behind it is aligned.</summary>
    private static byte[] Padding(long position)
    {
        int fill = (int)((Alignment - (position + 4) % Alignment) % Alignment);
        byte[] field = new byte[4 + fill];
        field.AsSpan().Fill((byte)'Z');
        "FB"u8.CopyTo(field);
        BinaryPrimitives.WriteUInt16LittleEndian(field.AsSpan(2), (ushort)fill);
        return field;
    }

    private static byte[] Zip64(params ReadOnlySpan<long> values)
    {
        using var field = new MemoryStream();
        U16(field, 1);
        U16(field, (ushort)(8 * values.Length));
        foreach (long value in values) U64(field, value);
        return field.ToArray();
    }

    private static void U16(Stream stream, ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private static void U32(Stream stream, uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        stream.Write(bytes);
    }

    private static void U64(Stream stream, long value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        stream.Write(bytes);
    }
}
