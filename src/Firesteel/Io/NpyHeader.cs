using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Firesteel.Io;

/// <summary>What stands in front of the elements of a .npy file.</summary>
/// <param name="Descr">The element type as NumPy writes it, such as <c>&lt;f4</c>.</param>
/// <param name="FortranOrder">Whether the first index runs fastest.</param>
/// <param name="Sizes">The shape.</param>
/// <param name="DataOffset">Where the elements begin.</param>
internal sealed record NpyHeader(string Descr, bool FortranOrder, IReadOnlyList<long> Sizes, long DataOffset)
{
    /// <summary>The longest header, as in NumPy.</summary>
    private const int MaxLength = 10_000;

    private const int Alignment = 64;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Whether a file that starts so is a .npy file.</summary>
    public static bool IsNpy(ReadOnlySpan<byte> start) => start.StartsWith(Magic);

    /// <summary>Reads a header of format version 1, 2 or 3.</summary>
    /// <exception cref="CheckpointFormatException">It is damaged, or the file is of another kind.</exception>
    public static NpyHeader Read(ByteSource source)
    {
        byte[] start = source.Read(0, (int)Math.Min(source.Length, 12), "the header");
        if (!IsNpy(start)) throw source.Error(0, $"not a .npy file: it does not begin with \\x93NUMPY{FileKind.Hint(source)}");
        if (start.Length < 8) throw source.Error(start.Length, "the header is cut off");
        if (start[6] is not (1 or 2 or 3) || start[7] != 0) throw source.Error(6, $"version {start[6]}.{start[7]} of the .npy format is not supported; 1.0, 2.0 and 3.0 are");
        int prefix = start[6] == 1 ? 10 : 12;
        if (start.Length < prefix) throw source.Error(start.Length, "the header is cut off");
        long length = start[6] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8)) : BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(8));
        if (length > MaxLength) throw source.Error(8, $"the header takes {length} characters, and {MaxLength} are allowed");
        byte[] bytes = source.Read(prefix, (int)length, "the header");
        if (start[6] == 3 && !System.Text.Unicode.Utf8.IsValid(bytes)) throw source.Error(prefix, "the header is not valid UTF-8");
        // One byte a character: places in the text are places in the file, and names in other letters are refused anyway.
        return new NpyHeaderParser(source, prefix, Encoding.Latin1.GetString(bytes)).Parse(prefix + length);
    }

    /// <summary>A header of version 1 for a row-major array, padded so that elements start at a multiple of 64.</summary>
    public static byte[] Write(string descr, Shape shape)
    {
        string sizes = shape.Length == 1 ? string.Create(CultureInfo.InvariantCulture, $"{shape[0]},") : string.Join(", ", shape.Select(static s => s.ToString(CultureInfo.InvariantCulture)));
        string text = $"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({sizes}), }}";
        const int prefix = 10;
        int total = (prefix + text.Length + 1 + Alignment - 1) / Alignment * Alignment;
        byte[] header = new byte[total];
        header.AsSpan().Fill((byte)' ');
        Magic.CopyTo(header);
        (header[6], header[7]) = (1, 0);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(total - prefix));
        Encoding.ASCII.GetBytes(text, header.AsSpan(prefix));
        header[^1] = (byte)'\n';
        return header;
    }
}
