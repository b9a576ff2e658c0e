using System.Runtime.InteropServices;

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
        foreach (nint pointer in _pointers) NativeMemory.AlignedFree((void*)pointer);
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
            NativeMemory.AlignedFree((void*)scratch._pointers[(int)use]);
            scratch._pointers[(int)use] = 0;
            scratch._bytes[(int)use] = 0;
            scratch._pointers[(int)use] = (nint)NativeMemory.AlignedAlloc(bytes, 64);
            scratch._bytes[(int)use] = bytes;
        }
        return (T*)scratch._pointers[(int)use];
    }
}
