using System.Buffers.Binary;

namespace Firesteel.Io;

/// <summary>The checksum of zip, gzip and PNG (reflected polynomial EDB88320).</summary>
internal static class Crc32
{
    private static readonly uint[] s_tables = Tables();

    /// <summary>The checksum of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> data) => Append(0, data);

    /// <summary>The checksum of what <paramref name="crc"/> is the checksum of, followed by <paramref name="data"/>.</summary>
    public static uint Append(uint crc, ReadOnlySpan<byte> data)
    {
        uint[] t = s_tables;
        crc = ~crc;
        // Sixteen bytes at once: table k holds the effect of a byte that k more bytes follow.
        while (data.Length >= 16)
        {
            uint a = BinaryPrimitives.ReadUInt32LittleEndian(data) ^ crc, b = BinaryPrimitives.ReadUInt32LittleEndian(data[4..]);
            uint c = BinaryPrimitives.ReadUInt32LittleEndian(data[8..]), d = BinaryPrimitives.ReadUInt32LittleEndian(data[12..]);
            crc = Word(t, 12, a) ^ Word(t, 8, b) ^ Word(t, 4, c) ^ Word(t, 0, d);
            data = data[16..];
        }
        foreach (byte value in data) crc = t[(byte)(crc ^ value)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint Word(uint[] t, int following, uint word) =>
        t[((following + 3) << 8) + (byte)word] ^ t[((following + 2) << 8) + (byte)(word >> 8)] ^ t[((following + 1) << 8) + (byte)(word >> 16)] ^ t[(following << 8) + (int)(word >> 24)];

    private static uint[] Tables()
    {
        var tables = new uint[16 * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint value = i;
            for (int bit = 0; bit < 8; bit++) value = (value >> 1) ^ (0xEDB88320u & (0 - (value & 1)));
            tables[i] = value;
        }
        for (int i = 256; i < tables.Length; i++) tables[i] = tables[(byte)tables[i - 256]] ^ (tables[i - 256] >> 8);
        return tables;
    }
}
