using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

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
        if (Pclmulqdq.IsSupported && data.Length >= 128)
        {
            Span<ulong> rest = stackalloc ulong[2];
            Fold(crc, ref data).CopyTo(rest);
            // Sixteen bytes have the same remainder as all that was folded into them.
            return Append(Append(~0u, MemoryMarshal.AsBytes(rest)), data);
        }
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

    /// <summary>Folds all whole blocks of 16 bytes into one by multiplication without carries (Gopal et al., Intel 2009): x^n modulo the polynomial moves a block by n bits.</summary>
    private static Vector128<ulong> Fold(uint crc, ref ReadOnlySpan<byte> data)
    {
        var by512 = Vector128.Create(0x154442bd4UL, 0x1c6e41596UL);
        var by128 = Vector128.Create(0x1751997d0UL, 0x0ccaa009eUL);
        var blocks = MemoryMarshal.Cast<byte, Vector128<ulong>>(data);
        data = data[(blocks.Length * 16)..];
        Vector128<ulong> a = blocks[0] ^ Vector128.CreateScalar((ulong)crc), b = blocks[1], c = blocks[2], d = blocks[3];
        int i = 4;
        for (; i <= blocks.Length - 4; i += 4)
        {
            a = Moved(a, by512) ^ blocks[i];
            b = Moved(b, by512) ^ blocks[i + 1];
            c = Moved(c, by512) ^ blocks[i + 2];
            d = Moved(d, by512) ^ blocks[i + 3];
        }
        a = Moved(Moved(Moved(a, by128) ^ b, by128) ^ c, by128) ^ d;
        for (; i < blocks.Length; i++) a = Moved(a, by128) ^ blocks[i];
        return a;
    }

    private static Vector128<ulong> Moved(Vector128<ulong> block, Vector128<ulong> by) => Pclmulqdq.CarrylessMultiply(block, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(block, by, 0x11);

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
