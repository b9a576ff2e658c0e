namespace Firesteel;

/// <summary>A part of a file, of at least <see cref="CpuMemory.NativeThreshold"/> bytes, as the memory of tensors. Nothing is read before the first use; writes stay in memory.</summary>
internal sealed unsafe class FileStorage(Device device, MappedFile file, long offset, long byteCount) : Storage(device, (byte*)null, byteCount)
{
    private Storage? _copy; // of bytes that are not aligned in the file

    /// <summary>True while the file has all there is, so that reading it is as good as reading the memory.</summary>
    public bool IsUntouched => _address == 0;

    /// <summary>Fills a span from the file, past the memory.</summary>
    public void Read(long start, Span<byte> destination) => file.Read(offset + start, destination);

    public override void EnsureReadable() => file.EnsureWhole();

    private protected override nint Missing()
    {
        if (offset % sizeof(long) == 0) return _address = (nint)(file.Memory + offset);
        lock (file)
        {
            if (_copy is null)
            {
                var copy = CpuMemory.Allocate(Device, ByteCount); // native, so that it stays in place
                const int Piece = 1 << 30;
                fixed (byte* memory = &copy.FirstByte)
                {
                    for (long at = 0; at < ByteCount; at += Piece) file.Read(offset + at, new Span<byte>(memory + at, (int)Math.Min(Piece, ByteCount - at)));
                    _copy = copy;
                    _address = (nint)memory;
                }
            }
            return _address;
        }
    }
}
