using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Firesteel.Io;

/// <summary>The order of the bytes of an element.</summary>
internal static class ByteOrder
{
    /// <summary>A copy of a row-major tensor with the bytes of each element in reverse: from big-endian to little-endian and back.</summary>
    public static Tensor Swapped(Tensor tensor)
    {
        var copy = tensor.Clone();
        int size = tensor.DType.ItemSize();
        if (size > 1) TensorBytes.Fill(copy.Layout, (_, piece) => Swap(piece, size));
        return copy;
    }

    private static void Swap(Span<byte> bytes, int size)
    {
        switch (size)
        {
            case 2:
                var shorts = MemoryMarshal.Cast<byte, ushort>(bytes);
                BinaryPrimitives.ReverseEndianness(shorts, shorts);
                break;
            case 4:
                var words = MemoryMarshal.Cast<byte, uint>(bytes);
                BinaryPrimitives.ReverseEndianness(words, words);
                break;
            default:
                var longs = MemoryMarshal.Cast<byte, ulong>(bytes);
                BinaryPrimitives.ReverseEndianness(longs, longs);
                break;
        }
    }
}
