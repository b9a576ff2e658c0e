using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Firesteel;

/// <summary>A block of memory that tensors share: a managed array, or a native block that goes back to its device's pool when nobody uses it any more.</summary>
internal class Storage
{
    private protected byte[]? _array;

    /// <summary>Where native memory starts; for an array of more dimensions how far its elements lie behind those of other arrays.</summary>
    private protected nint _address;
    private int _version;
    private string? _lastWriter;

    /// <summary>A storage that has an array of its own.</summary>
    public Storage(Device device, byte[] array)
    {
        Device = device;
        ByteCount = array.Length;
        _array = array;
    }

    private Storage(Device device, Array array, long byteCount)
    {
        Device = device;
        ByteCount = byteCount;
        // The data of all one-dimensional arrays starts at the same place; those of more dimensions have their bounds in front of it.
        _array = Unsafe.As<byte[]>(array);
        _address = Unsafe.ByteOffset(ref MemoryMarshal.GetArrayDataReference(_array), ref MemoryMarshal.GetArrayDataReference(array));
    }

    /// <summary>A storage that shares an array of any primitive element type with its owner.</summary>
    public static Storage Over(Device device, Array array, long byteCount) => new(device, array, byteCount);

    private protected unsafe Storage(Device device, byte* pointer, long byteCount)
    {
        Device = device;
        ByteCount = byteCount;
        _address = (nint)pointer;
    }

    public Device Device { get; }

    public long ByteCount { get; }

    /// <summary>The array behind a managed storage, null for native memory.</summary>
    public Array? ManagedArray => _array;

    /// <summary>Counts the writes, so that backward notices when a tensor that it saved was overwritten.</summary>
    public int Version => _version;

    /// <summary>The operation that wrote last, for messages.</summary>
    public string LastWriter => _lastWriter ?? "";

    /// <summary>Notes a write by an operation.</summary>
    public void Bump(string operation)
    {
        _lastWriter = operation;
        Interlocked.Increment(ref _version);
    }

    /// <summary>Sets the number of writes, for whoever knows that memory holds again what it held then; returns what it was.</summary>
    public int ExchangeVersion(int version) => Interlocked.Exchange(ref _version, version);

    /// <summary>Where native memory lies; 0 after <see cref="Release"/>.</summary>
    public nint Address => _address;

    /// <summary>The first byte. Pin it (<c>fixed</c>) while a pointer is in use, and keep the storage alive.</summary>
    public unsafe ref byte FirstByte
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _array is { } array ? ref Unsafe.AddByteOffset(ref MemoryMarshal.GetArrayDataReference(array), _address) : ref Unsafe.AsRef<byte>((byte*)(_address == 0 ? Missing() : _address));
    }

    /// <summary>
    /// Gives the memory back at once, for an owner who knows that nobody else has this storage; later calls do nothing. Using the storage
    /// afterwards throws <see cref="ObjectDisposedException"/>. Managed arrays are left to the garbage collector.
    /// </summary>
    public virtual void Release()
    {
    }

    /// <summary>Says that the one who held this storage for long does so no more, so that a collection is likely to be worth its time; others may hold it still.</summary>
    public virtual void Abandon()
    {
    }

    /// <summary>Throws now what reading would throw later, for whoever must not stop halfway.</summary>
    public virtual void EnsureReadable()
    {
    }

    /// <summary>The first byte of native memory that is not there: after <see cref="Release"/>, or because it comes only when it is used.</summary>
    private protected virtual nint Missing() => throw new ObjectDisposedException("Tensor", "The memory of this tensor was released.");
}
