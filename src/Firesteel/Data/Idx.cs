using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Firesteel.Data;

/// <summary>The IDX format of the MNIST family: arrays of any rank, plain or compressed with gzip.</summary>
public static class Idx
{
    private const int FirstPiece = 1 << 20;

    /// <summary>The array in a file, in its own dtype (uint8, int8, int16, int32, float32 or float64). Whether it is compressed is seen from its content.</summary>
    /// <exception cref="InvalidDataException">The file is no IDX file, is cut off, damaged, or goes on behind the array; the message names it.</exception>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static Tensor Read(string path)
    {
        using (var file = File.OpenRead(path))
        {
            Span<byte> magic = stackalloc byte[2];
            int count = file.ReadAtLeast(magic, 2, throwOnEndOfStream: false);
            file.Position = 0;
            if (count < 2 || magic[0] != 0x1F || magic[1] != 0x8B) return Read(file, path, file.Length);
        }
        using var unpacked = new GzipFile(path);
        return Read(unpacked, path, null);
    }

    /// <summary>The array in a stream that is not compressed; <paramref name="name"/> is what messages call it.</summary>
    /// <exception cref="InvalidDataException">The stream is no IDX file, is cut off, or goes on behind the array.</exception>
    public static Tensor Read(Stream stream, string name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Read(stream, name, stream.CanSeek ? stream.Length - stream.Position : null);
    }

    private static Tensor Read(Stream stream, string name, long? length)
    {
        Span<byte> head = stackalloc byte[4];
        if (stream.ReadAtLeast(head, 4, throwOnEndOfStream: false) < 4) throw Broken("it is cut off within the header");
        DType? known = head[2] switch { 0x08 => DType.UInt8, 0x09 => DType.Int8, 0x0B => DType.Int16, 0x0C => DType.Int32, 0x0D => DType.Float32, 0x0E => DType.Float64, _ => null };
        if (head[0] != 0 || head[1] != 0 || known is not { } dtype)
            throw Broken($"the magic number 0x{BinaryPrimitives.ReadUInt32BigEndian(head):X8} is not that of an IDX file");
        int rank = head[3];
        Span<byte> sizeBytes = stackalloc byte[rank * 4];
        if (stream.ReadAtLeast(sizeBytes, sizeBytes.Length, throwOnEndOfStream: false) < sizeBytes.Length) throw Broken("it is cut off within the header");
        var sizes = new long[rank];
        long bytes = dtype.ItemSize();
        bool empty = false, tooLarge = false;
        for (int d = 0; d < rank; d++)
        {
            sizes[d] = BinaryPrimitives.ReadUInt32BigEndian(sizeBytes[(4 * d)..]);
            empty |= sizes[d] == 0;
            tooLarge |= bytes > Array.MaxLength / Math.Max(sizes[d], 1);
            if (!tooLarge) bytes *= sizes[d];
        }
        if (empty) bytes = 0;
        else if (tooLarge) throw Broken($"it claims an array of {OperationError.Text(sizes)} elements, which is more than 2 GB");
        if (length is { } available && available - 4 - sizeBytes.Length < bytes)
            throw Broken($"it is cut off: {OperationError.Text(sizes)} elements of {dtype.Name()} take {bytes} bytes, and {available - 4 - sizeBytes.Length} follow the header");

        // Compressed data may claim anything, so memory grows only with what has really come.
        byte[] data = new byte[length is null ? Math.Min(bytes, FirstPiece) : bytes];
        for (int filled = 0; filled < bytes;)
        {
            if (filled == data.Length) Array.Resize(ref data, (int)Math.Min(bytes, 2L * data.Length));
            int got = stream.Read(data, filled, data.Length - filled);
            if (got == 0) throw Broken($"it is cut off: {OperationError.Text(sizes)} elements of {dtype.Name()} take {bytes} bytes, and {filled} follow the header");
            filled += got;
        }
        if (stream.ReadByte() >= 0) throw Broken($"more data follows the array of {OperationError.Text(sizes)} elements");
        return Decode(data, dtype).Reshape(sizes);

        InvalidDataException Broken(string reason) => new($"{name}: {reason}.");
    }

    private static Tensor Decode(byte[] data, DType dtype)
    {
        switch (dtype)
        {
            case DType.UInt8: return Tensor.FromNumpy(data);
            case DType.Int8: return Tensor.From<sbyte>(MemoryMarshal.Cast<byte, sbyte>(data), [data.Length]);
            case DType.Int16:
            {
                var values = MemoryMarshal.Cast<byte, short>(data.AsSpan());
                if (BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(values, values);
                return Tensor.From<short>(values, [values.Length]);
            }
            case DType.Int32 or DType.Float32:
            {
                var values = MemoryMarshal.Cast<byte, int>(data.AsSpan());
                if (BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(values, values);
                return dtype == DType.Int32 ? Tensor.From<int>(values, [values.Length]) : Tensor.From<float>(MemoryMarshal.Cast<byte, float>(data), [values.Length]);
            }
            default:
            {
                var values = MemoryMarshal.Cast<byte, long>(data.AsSpan());
                if (BitConverter.IsLittleEndian) BinaryPrimitives.ReverseEndianness(values, values);
                return Tensor.From<double>(MemoryMarshal.Cast<byte, double>(data), [values.Length]);
            }
        }
    }
}
