namespace Firesteel;

/// <summary>Buffers that a thread keeps from one kernel to the next. What is in them is anybody's after the kernel.</summary>
internal sealed unsafe class GemmScratch
{
    /// <summary>What a buffer is for; buffers with different uses may be held at the same time.</summary>
    public enum Use { A, B, Columns, Sums, WideA, WideB, WideC, Patches, Tiles, Filters, Bias }

    [ThreadStatic]
    private static GemmScratch? t_instance;

    private readonly nint[] _pointers = new nint[11];
    private readonly nuint[] _bytes = new nuint[11];

    private GemmScratch()
    {
    }

    // A thread that ends leaves its instance to the collector.
    ~GemmScratch()
    {
        for (int use = 0; use < _pointers.Length; use++) SystemMemory.Free((byte*)_pointers[use], (long)_bytes[use]);
    }

    /// <summary>At least this many elements, 64-byte aligned, not cleared; valid until this thread asks for the same use again.</summary>
    public static T* Get<T>(Use use, long count)
        where T : unmanaged
    {
        var scratch = t_instance ??= new GemmScratch();
        nuint bytes = (nuint)checked(count * sizeof(T));
        if (scratch._bytes[(int)use] < bytes)
        {
            bytes = (bytes + 4095) & ~(nuint)4095;
            SystemMemory.Free((byte*)scratch._pointers[(int)use], (long)scratch._bytes[(int)use]);
            scratch._pointers[(int)use] = 0;
            scratch._bytes[(int)use] = 0;
            byte* block = SystemMemory.Allocate((long)bytes);
            if (block is null) throw new OutOfMemoryException($"Not enough memory: a kernel needs {bytes} bytes to work in.");
            scratch._pointers[(int)use] = (nint)block;
            scratch._bytes[(int)use] = bytes;
        }
        return (T*)scratch._pointers[(int)use];
    }
}
