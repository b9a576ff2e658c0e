using System.Buffers.Binary;
using System.IO.Compression;

namespace Firesteel.Plots;

/// <summary>Writes 8-bit RGBA pixels as a PNG file: three chunks, each row as its difference from the one above, zlib from .NET.</summary>
internal static class Png
{
    public static byte[] Encode(ReadOnlySpan<byte> rgba, int width, int height)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);

        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        header[8] = 8; // bits a channel
        header[9] = 6; // red, green, blue, alpha
        header[10..].Clear(); // deflate, the only set of filters, not interlaced
        WriteChunk(file, "IHDR"u8, header);

        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            var size = width * 4;
            var line = new byte[1 + size];
            line[0] = 2; // this row's filter: minus the row above
            for (var row = 0; row < height; row++)
            {
                for (var i = 0; i < size; i++)
                    line[1 + i] = (byte)(rgba[(row * size) + i] - (row > 0 ? rgba[((row - 1) * size) + i] : 0));
                zlib.Write(line);
            }
        }
        WriteChunk(file, "IDAT"u8, packed.GetBuffer().AsSpan(0, (int)packed.Length));
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, ReadOnlySpan<byte> data)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(type);
        file.Write(data);
        BinaryPrimitives.WriteUInt32BigEndian(number, ~Crc(Crc(uint.MaxValue, type), data));
        file.Write(number);
    }

    /// <summary>CRC-32 bit by bit: the pictures are small, so a table would be longer than the time it saves.</summary>
    private static uint Crc(uint crc, ReadOnlySpan<byte> data)
    {
        foreach (var b in data)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1)));
        }
        return crc;
    }
}
