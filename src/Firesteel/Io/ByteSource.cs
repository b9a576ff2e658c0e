namespace Firesteel.Io;

/// <summary>
/// The bytes that a checkpoint is read from, by position: a file, memory, or a part of either. Whatever lies outside is a
/// <see cref="CheckpointFormatException"/>, so readers need no bounds of their own.
/// </summary>
internal abstract class ByteSource(string name, long length) : IDisposable
{
    /// <summary>The name of the file, for messages.</summary>
    public string Name { get; } = name;

    /// <summary>The number of bytes.</summary>
    public long Length { get; } = length;

    /// <summary>A file. It is read when its bytes are asked for, and mapped into memory when tensors over it are used.</summary>
    /// <exception cref="IOException">The file cannot be opened.</exception>
    public static ByteSource Open(string path)
    {
        var file = new MappedFile(path);
        return new FileSource(path, file);
    }

    /// <summary>The rest of a stream, read into memory.</summary>
    public static ByteSource Of(Stream stream, string name)
    {
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        return Of(copy.ToArray(), name);
    }

    /// <summary>An array that is shared, not copied.</summary>
    public static ByteSource Of(byte[] data, string name) => Of(Storage.Over(Device.Cpu, data, data.Length), name);

    /// <summary>Memory of the CPU.</summary>
    public static ByteSource Of(Storage storage, string name) => new MemorySource(name, storage);

    /// <summary>The storage and the place in it where these bytes lie, without a copy.</summary>
    protected abstract (Storage Storage, long Offset) Locate(long offset, long count);

    protected abstract void ReadInside(long offset, Span<byte> destination);

    /// <summary>Where a byte of this source lies in the file.</summary>
    protected virtual long Position(long offset) => offset;

    /// <summary>Closes the file, so that it takes no place on the disk if it is replaced. Tensors that were read and not used are lost.</summary>
    public virtual void Dispose()
    {
    }

    /// <summary>What errors say before their reason.</summary>
    protected virtual string Context => "";

    /// <summary>An error at a byte of this source.</summary>
    public CheckpointFormatException Error(long offset, string reason, Exception? inner = null) => new(Name, Position(Math.Clamp(offset, 0, Length)), Context + reason, inner);

    /// <summary>Fills a span with the bytes from <paramref name="offset"/>; <paramref name="what"/> names them if the source ends too early.</summary>
    public void Read(long offset, Span<byte> destination, string what)
    {
        Check(offset, destination.Length, what);
        ReadInside(offset, destination);
    }

    /// <summary>A copy of <paramref name="count"/> bytes; nothing is allocated for bytes that are not there.</summary>
    public byte[] Read(long offset, int count, string what)
    {
        Check(offset, count, what);
        byte[] bytes = GC.AllocateUninitializedArray<byte>(count);
        ReadInside(offset, bytes);
        return bytes;
    }

    /// <summary>A part of this source; <paramref name="context"/> begins the reasons of its errors.</summary>
    public ByteSource Slice(long offset, long count, string what, string context = "")
    {
        Check(offset, count, what);
        return new SliceSource(this, offset, count, context);
    }

    /// <summary>
    /// A row-major tensor over the elements from <paramref name="offset"/>, without a copy if they are aligned and not truths: that of a file is
    /// not even read before it is used. Writing to it never changes the file.
    /// </summary>
    public Tensor Tensor(long offset, Shape shape, DType dtype, string what)
    {
        int itemSize = dtype.ItemSize();
        // The quotient is compared, so that a product which overflows cannot pass for a small one.
        if (shape.NumElements > Length / itemSize) throw Error(offset, Short(offset, what));
        long count = shape.NumElements * itemSize;
        Check(offset, count, what);
        var (storage, start) = Locate(offset, count);
        if (start % itemSize == 0 && dtype != DType.Bool) return new Tensor(new View(storage, start / itemSize, shape, dtype));
        var view = Firesteel.Tensor.Allocate(shape, dtype);
        TensorBytes.Fill(view, (at, span) =>
        {
            ReadInside(offset + at, span);
            if (dtype != DType.Bool) return;
            foreach (ref byte value in span) value = value == 0 ? (byte)0 : (byte)1; // any other byte would be a truth that equals no other
        });
        return new Tensor(view);
    }

    /// <summary>Calls <paramref name="visit"/> with all bytes of a range in order, a piece at a time.</summary>
    public void Visit(long offset, long count, string what, Action<ReadOnlySpan<byte>> visit)
    {
        Check(offset, count, what);
        byte[] piece = GC.AllocateUninitializedArray<byte>((int)Math.Min(count, 256 << 10));
        for (long at = 0; at < count; at += piece.Length)
        {
            var span = piece.AsSpan(0, (int)Math.Min(piece.Length, count - at));
            ReadInside(offset + at, span);
            visit(span);
        }
    }

    private void Check(long offset, long count, string what)
    {
        if (offset < 0 || count < 0 || offset > Length || count > Length - offset) throw Error(Math.Clamp(offset, 0, Length), Short(offset, what));
    }

    private string Short(long offset, string what) => $"{what} is cut off: the data ends {(offset <= Length ? $"{Length - offset} bytes after its start" : "before it")}";

    private sealed class FileSource(string name, MappedFile file) : ByteSource(name, file.Length)
    {
        public override void Dispose() => file.Dispose();

        private const int WindowSize = 64 << 10;

        // Headers are read in many small pieces that follow one another: the file is asked for more than that at once.
        private readonly Lock _lock = new();
        private byte[] _window = [];
        private long _windowStart;

        protected override (Storage, long) Locate(long offset, long count)
        {
            // Small tensors are not worth a place in the mapping.
            if (count >= CpuMemory.NativeThreshold) return (new FileStorage(Device.Cpu, file, offset, count), 0);
            byte[] bytes = GC.AllocateUninitializedArray<byte>((int)count);
            ReadInside(offset, bytes);
            return (Storage.Over(Device.Cpu, bytes, count), 0);
        }

        protected override void ReadInside(long offset, Span<byte> destination)
        {
            if (destination.Length > WindowSize / 4)
            {
                file.Read(offset, destination);
                return;
            }
            lock (_lock)
            {
                if (offset < _windowStart || offset + destination.Length > _windowStart + _window.Length)
                {
                    int size = (int)Math.Min(WindowSize, Length - offset);
                    if (_window.Length != size) _window = new byte[size];
                    file.Read(offset, _window);
                    _windowStart = offset;
                }
                _window.AsSpan((int)(offset - _windowStart), destination.Length).CopyTo(destination);
            }
        }
    }

    private sealed class MemorySource(string name, Storage storage) : ByteSource(name, storage.ByteCount)
    {
        protected override (Storage, long) Locate(long offset, long count) => (storage, offset);

        protected override void ReadInside(long offset, Span<byte> destination) => TensorBytes.Read(storage, offset, destination);
    }

    private sealed class SliceSource(ByteSource whole, long start, long length, string context) : ByteSource(whole.Name, length)
    {
        protected override string Context => whole.Context + context;

        protected override (Storage, long) Locate(long offset, long count) => whole.Locate(start + offset, count);

        protected override void ReadInside(long offset, Span<byte> destination) => whole.ReadInside(start + offset, destination);

        protected override long Position(long offset) => whole.Position(start + offset);
    }
}
