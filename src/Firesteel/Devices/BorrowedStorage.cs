namespace Firesteel;

/// <summary>
/// Stands for the memory of another storage, and later for that of yet another: a graph that was built on it reads what is lent now. Writes are not counted by the
/// lender, whose owner has to do that.
/// </summary>
internal sealed unsafe class BorrowedStorage(Storage lender) : Storage(lender.Device, (byte*)null, lender.ByteCount)
{
    private Storage? _lender; // so that its memory stays

    /// <summary>Looks at the memory of a storage from now on, so many bytes further on; at none with null.</summary>
    public void Lend(Storage? storage, long bytes = 0)
    {
        _lender = storage;
        (_array, _address) = (null, 0);
        if (storage is null) return;
        if (storage.ManagedArray is null)
        {
            fixed (byte* first = &storage.FirstByte) _address = (nint)(first + bytes);
            return;
        }
        _array = System.Runtime.CompilerServices.Unsafe.As<byte[]>(storage.ManagedArray);
        _address = System.Runtime.CompilerServices.Unsafe.ByteOffset(ref System.Runtime.InteropServices.MemoryMarshal.GetArrayDataReference(_array), ref storage.FirstByte) + (nint)bytes;
    }

    /// <summary>Looks at memory that somebody else keeps.</summary>
    public void Point(byte* first) => (_lender, _array, _address) = (null, null, (nint)first);

    private protected override nint Missing() => throw new ObjectDisposedException("Tensor", "An argument of a captured function is used outside of the call.");
}
