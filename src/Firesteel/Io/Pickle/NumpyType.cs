using System.Buffers.Binary;

namespace Firesteel.Io;

/// <summary>The dtype of a number that NumPy saved: <c>f8</c>, <c>i4</c>, <c>b1</c>.</summary>
internal sealed class NumpyType
{
    private readonly char _kind;
    private readonly int _size;

    private NumpyType(char kind, int size) => (_kind, _size) = (kind, size);

    public bool IsBigEndian { get; set; }

    /// <summary>The type of a name, or a refusal.</summary>
    public static NumpyType Parse(string name)
    {
        bool big = name.StartsWith('>');
        string plain = name.TrimStart('<', '>', '=', '|');
        return plain is "f2" or "f4" or "f8" or "i1" or "i2" or "i4" or "i8" or "u1" or "u2" or "u4" or "u8" or "b1"
            ? new NumpyType(plain[0], plain[1] - '0') { IsBigEndian = big }
            : throw new PickleError($"numbers of NumPy's dtype '{(name.Length <= 20 ? name : name[..20])}' are not supported");
    }

    /// <summary>The number with these bytes: long, double or bool; null if they are too few or too many.</summary>
    public object? Number(byte[] bytes)
    {
        if (bytes.Length != _size) return null;
        Span<byte> little = [.. bytes];
        if (IsBigEndian) little.Reverse();
        return (_kind, _size) switch
        {
            ('f', 2) => (double)BinaryPrimitives.ReadHalfLittleEndian(little),
            ('f', 4) => (double)BinaryPrimitives.ReadSingleLittleEndian(little),
            ('f', _) => BinaryPrimitives.ReadDoubleLittleEndian(little),
            ('b', _) => little[0] != 0,
            ('i', 1) => (long)(sbyte)little[0],
            ('i', 2) => (long)BinaryPrimitives.ReadInt16LittleEndian(little),
            ('i', 4) => (long)BinaryPrimitives.ReadInt32LittleEndian(little),
            ('i', _) => BinaryPrimitives.ReadInt64LittleEndian(little),
            (_, 1) => (long)little[0],
            (_, 2) => (long)BinaryPrimitives.ReadUInt16LittleEndian(little),
            (_, 4) => (long)BinaryPrimitives.ReadUInt32LittleEndian(little),
            _ => BinaryPrimitives.ReadUInt64LittleEndian(little) is var n && n <= long.MaxValue ? (long)n : new System.Numerics.BigInteger(n),
        };
    }
}
