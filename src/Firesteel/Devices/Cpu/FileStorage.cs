namespace Firesteel;

/// <summary>A part of a file, of at least <see cref="CpuMemory.NativeThreshold"/> bytes, as the memory of tensors. Nothing is read before the first use; writes stay in memory.</summary>
internal sealed unsafe class FileStorage(Device device, MappedFile file, long offset, long byteCount) : Storage(device, (byte*)null, byteCount)
{
    private const int Piece = 4 << 20;

    private Storage? _copy; // of bytes that are not aligned in the file

    /// <summary>True while the file has all there is, so that reading it is as good as reading the memory.</summary>
    public bool IsUntouched => _address == 0;

    /// <summary>Fills a span from the file, past the memory.</summary>
    public void Read(long start, Span<byte> destination) => file.Read(offset + start, destination);

    /// <summary>Fills memory from the file, past the memory of this storage, on all threads.</summary>
    public void Read(long start, byte* destination, long count) => CpuThreads.For(count, Piece, new ReadBody { File = file, Offset = offset + start, Destination = destination });

    /// <summary>
    /// Copies a row-major tensor that is still in a file into another one of the same shape and dtype without mapping it, which is faster and leaves no second copy in
    /// memory; false if that cannot be done.
    /// </summary>
    public static bool TryCopy(in View source, in View target)
    {
        if (source.Storage is not FileStorage { IsUntouched: true } file || target.Storage is FileStorage || !ReferenceEquals(target.Storage.Device, Firesteel.Device.Cpu)) return false;
        if (!source.IsContiguous || !target.IsContiguous || source.DType != target.DType || source.Shape != target.Shape) return false;
        Recorder.Flush();
        int itemSize = source.DType.ItemSize();
        fixed (byte* memory = &target.Storage.FirstByte) file.Read(source.Offset * itemSize, memory + target.Offset * itemSize, source.Shape.NumElements * itemSize);
        GC.KeepAlive(target.Storage);
        return true;
    }

    public override void EnsureReadable() => file.EnsureWhole();

    private protected override nint Missing()
    {
        if (offset % sizeof(long) == 0) return _address = (nint)(file.Memory + offset);
        lock (file)
        {
            if (_copy is null)
            {
                var copy = CpuMemory.Allocate(Device, ByteCount); // native, so that it stays in place
                fixed (byte* memory = &copy.FirstByte)
                {
                    Read(0, memory, ByteCount);
                    _copy = copy;
                    _address = (nint)memory;
                }
            }
            return _address;
        }
    }

    private struct ReadBody : IRangeBody
    {
        public MappedFile File;
        public long Offset;
        public byte* Destination;

        public readonly void Run(long start, long end) => File.Read(Offset + start, new Span<byte>(Destination + start, (int)(end - start)));
    }
}
