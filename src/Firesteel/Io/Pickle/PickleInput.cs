using System.Buffers.Binary;

namespace Firesteel.Io;

/// <summary>The bytes of a pickle, in order.</summary>
internal sealed class PickleInput(ByteSource source, long start)
{
    private const int Ahead = 1 << 16;

    private byte[] _buffer = [];
    private int _at;
    private long _bufferStart = start;

    /// <summary>The position of the next byte.</summary>
    public long Position => _bufferStart + _at;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public double Double() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    /// <summary>The next bytes; they stay what they are until the next call.</summary>
    public ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(_buffer.Length - _at)) Refill(count);
        var taken = _buffer.AsSpan(_at, (int)count);
        _at += (int)count;
        return taken;
    }

    /// <summary>The next line without its end, which may be so many bytes long.</summary>
    public ReadOnlySpan<byte> Line(int most)
    {
        for (int length = 64; ; length = Math.Min(length * 2, most + 1))
        {
            int available = (int)Math.Min(length, source.Length - Position);
            if (available > _buffer.Length - _at) Refill((ulong)available);
            int end = _buffer.AsSpan(_at, available).IndexOf((byte)'\n');
            if (end >= 0) return Take((ulong)end + 1)[..^1];
            if (length > most) throw new PickleError($"a line of more than {most} bytes");
            if (available < length) throw new PickleError("the pickle ends in the middle of a line");
        }
    }

    private void Refill(ulong count)
    {
        long left = source.Length - Position;
        if (count > (ulong)left || count > (ulong)Array.MaxLength) throw new PickleError($"the pickle is cut off: {count} bytes are to follow and {left} do");
        _bufferStart += _at;
        _at = 0;
        _buffer = source.Read(_bufferStart, (int)Math.Max((long)count, Math.Min(left, Ahead)), "the pickle");
    }
}
