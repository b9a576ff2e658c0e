namespace Firesteel;

/// <summary>A storage of native memory, which goes back to the pool when it is released or when the garbage collector finds that nobody has it.</summary>
internal unsafe class NativeStorage(Device device, byte* pointer, long byteCount) : Storage(device, pointer, byteCount)
{
    ~NativeStorage()
    {
        byte* block = TakePointer();
        if (block is not null) CpuMemory.Return(block, ByteCount, finalizer: true);
    }

    /// <inheritdoc/>
    public override void Release()
    {
        if (Recorder.Any && Recorder.Postpone(this)) return;
        byte* block = TakePointer();
        if (block is null) return;
        GC.SuppressFinalize(this);
        CpuMemory.Return(block, ByteCount, finalizer: false);
    }

    /// <inheritdoc/>
    public override void Abandon() => CpuMemory.Abandoned(ByteCount);

    /// <summary>Gets the memory that it had none of so far.</summary>
    protected void Own(byte* block) => _address = (nint)block;

    /// <summary>The pointer, for the first caller only.</summary>
    private byte* TakePointer() => (byte*)Interlocked.Exchange(ref _address, 0);
}
