using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Firesteel.Io;

/// <summary>The elements of tensors as bytes, a piece at a time.</summary>
internal static class TensorBytes
{
    private const int Piece = 1 << 20;

    /// <summary>The bytes of a row-major tensor.</summary>
    public static long Count(in View view) => view.Shape.NumElements * view.DType.ItemSize();

    /// <summary>Calls <paramref name="visit"/> with all bytes of a row-major tensor in order. What is still in a file is read from there, not mapped.</summary>
    public static void Visit(Tensor tensor, Action<ReadOnlySpan<byte>> visit)
    {
        var view = tensor.Layout;
        if (!view.IsContiguous) throw new ArgumentException("not contiguous", nameof(tensor));
        tensor.Device.Synchronize();
        long start = view.Offset * view.DType.ItemSize(), count = Count(view);
        byte[]? piece = view.Storage is FileStorage { IsUntouched: true } ? GC.AllocateUninitializedArray<byte>((int)Math.Min(count, Piece)) : null;
        for (long at = 0; at < count; at += Piece)
        {
            int length = (int)Math.Min(Piece, count - at);
            if (piece is null) visit(Span(view.Storage, start + at, length));
            else
            {
                Read(view.Storage, start + at, piece.AsSpan(0, length));
                visit(piece.AsSpan(0, length));
            }
        }
        GC.KeepAlive(view.Storage);
    }

    /// <summary>Fills a row-major tensor: <paramref name="fill"/> gets positions from 0 and the memory that belongs there.</summary>
    public static void Fill(in View view, FillPiece fill)
    {
        long start = view.Offset * view.DType.ItemSize(), count = Count(view);
        for (long at = 0; at < count; at += Piece) fill(at, Span(view.Storage, start + at, (int)Math.Min(Piece, count - at)));
        GC.KeepAlive(view.Storage);
    }

    /// <summary>Fills a span with the bytes of a storage.</summary>
    public static void Read(Storage storage, long offset, Span<byte> destination)
    {
        if (storage is FileStorage { IsUntouched: true } file) file.Read(offset, destination);
        else
        {
            Span(storage, offset, destination.Length).CopyTo(destination);
            GC.KeepAlive(storage);
        }
    }

    private static Span<byte> Span(Storage storage, long offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + count, storage.ByteCount);
        Recorder.Flush();
        return MemoryMarshal.CreateSpan(ref Unsafe.AddByteOffset(ref storage.FirstByte, (nint)offset), count);
    }

    /// <summary>Writes bytes from a position on into <paramref name="destination"/>.</summary>
    public delegate void FillPiece(long position, Span<byte> destination);
}
