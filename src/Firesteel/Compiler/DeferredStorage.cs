namespace Firesteel;

/// <summary>
/// Memory that was asked for while a function is recorded. There is none before the recorded kernels run, and most never get any of their own: whatever nobody
/// can see any more by then lies in the recorder's arena. Whoever looks before makes them run.
/// </summary>
internal sealed unsafe class DeferredStorage : NativeStorage
{
    private Recorder? _recorder;

    public DeferredStorage(Device device, long byteCount, Recorder recorder)
        : base(device, null, byteCount)
    {
        _recorder = recorder;
        GC.SuppressFinalize(this);
    }

    /// <summary>True if there is no memory yet, and somebody may still want some.</summary>
    public bool IsOpen => _recorder is not null;

    /// <summary>Makes memory.</summary>
    public void Materialize()
    {
        if (!IsOpen) return;
        Own(CpuMemory.Block(ByteCount));
        _recorder = null;
        GC.ReRegisterForFinalize(this);
    }

    /// <inheritdoc/>
    public override void Release()
    {
        if (IsOpen) _recorder = null;
        else base.Release();
    }

    private protected override nint Missing()
    {
        if (_recorder is not { } recorder) return base.Missing();
        recorder.Demand(this);
        return _address;
    }
}
