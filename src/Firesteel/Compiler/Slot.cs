namespace Firesteel;

/// <summary>What the memory behind a slot is to a captured step.</summary>
internal enum SlotKind : byte
{
    /// <summary>An argument of the call: another storage every time.</summary>
    Input,

    /// <summary>Was there before: parameters, the state of optimizers, tensors from outside.</summary>
    External,

    /// <summary>Made by the step, and somebody has it afterwards: results, gradients. Every replay writes to the same memory.</summary>
    Kept,

    /// <summary>Made by the step and gone when it is over: a place in the arena.</summary>
    Temporary,
}

/// <summary>Stands for a storage in recorded calls, so that the views of a recording are ordinary views.</summary>
internal sealed unsafe class Slot : Storage
{
    private readonly WeakReference<Storage> _origin;
    private Storage? _held;

    public Slot(Storage origin, int index, SlotKind kind)
        : base(origin.Device, (byte*)null, origin.ByteCount)
    {
        _origin = new WeakReference<Storage>(origin);
        Index = index;
        Kind = kind;
        if (kind is SlotKind.Input or SlotKind.External) _held = origin;
    }

    /// <summary>A place in the arena that no recorded storage had.</summary>
    public Slot(Device device, long byteCount, int index)
        : base(device, (byte*)null, byteCount)
    {
        _origin = new WeakReference<Storage>(null!);
        Index = index;
        Kind = SlotKind.Temporary;
    }

    public int Index { get; set; }

    public SlotKind Kind { get; set; }

    /// <summary>The number of the first argument that lies in this storage.</summary>
    public int Input { get; set; } = -1;

    /// <summary>The bytes that were copied into it from C# memory while recording, null if none were.</summary>
    public bool HostWritten { get; set; }

    /// <summary>The storage itself; null for a temporary that is gone.</summary>
    public Storage? Held => _held;

    /// <summary>Where the first byte is in replays.</summary>
    public byte* Place { get; set; } = (byte*)64; // not null, which would be a number

    /// <summary>Where in the arena.</summary>
    public long Offset { get; set; }

    /// <summary>Takes hold of a storage that somebody still has; false if nobody has it.</summary>
    public bool Keep()
    {
        if (_held is not null || IsFresh) return true;
        if (!_origin.TryGetTarget(out var storage)) return false;
        _held = storage;
        Kind = SlotKind.Kept;
        return true;
    }

    /// <summary>True for memory that is somebody else's after every replay: each makes its own.</summary>
    public bool IsFresh { get; private set; }

    /// <summary>Makes a temporary one that every replay allocates anew, because who gets it keeps it.</summary>
    public void MakeFresh() => (IsFresh, Kind) = (true, SlotKind.Kept);

    /// <summary>A temporary again, of whose storage nothing is known.</summary>
    public void Forget() => (_held, Kind) = (null, SlotKind.Temporary);

    /// <summary>True if the storage was given back before it had memory.</summary>
    public bool IsGivenBack => _origin.TryGetTarget(out var storage) && storage is DeferredStorage { IsOpen: false, Address: 0 };
}
