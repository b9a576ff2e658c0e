using System.Runtime.InteropServices;

namespace Firesteel;

/// <summary>Native memory from the system, aligned to 64 bytes.</summary>
/// <remarks>
/// Large blocks are pages of their own on Linux, which go back when they are freed. The C library there puts blocks of up to 32 MB side by side into one growing heap once such
/// a block has been freed; between blocks that live for a step and blocks that live for long it keeps holes that nobody fits into: a third of what training a network takes.
/// Blocks of several megabytes ask for huge pages, which cost one fault in place of 512.
/// </remarks>
internal static unsafe partial class SystemMemory
{
    private const nuint Alignment = 64;

    /// <summary>Blocks from here on are pages; what is lost at their end is small then.</summary>
    private const long PagesFrom = 256 << 10;

    private const long HugePage = 2 << 20;

    /// <summary>A block of this many bytes, not cleared; null if there is no memory.</summary>
    public static byte* Allocate(long size)
    {
        if (IsPages(size))
        {
            const int Readable = 1, Writable = 2, Private = 2, Anonymous = 0x20, Huge = 14;
            byte* pages = Map(null, (nuint)size, Readable | Writable, Private | Anonymous, -1, 0);
            if (pages == (byte*)-1) return null;
            if (size >= HugePage) _ = Advise(pages, (nuint)size, Huge); // no matter if there are none
            return pages;
        }
        try
        {
            return (byte*)NativeMemory.AlignedAlloc((nuint)size, Alignment);
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    /// <summary>Gives a block of <paramref name="size"/> bytes back.</summary>
    public static void Free(byte* block, long size)
    {
        if (block is null) return;
        if (IsPages(size)) _ = Unmap(block, (nuint)size);
        else NativeMemory.AlignedFree(block);
    }

    private static bool IsPages(long size) => size >= PagesFrom && s_canMap;

    /// <summary>False on other systems, and where the C library cannot be called by its name: then all blocks are the heap's.</summary>
    private static readonly bool s_canMap = CanMap();

    private static bool CanMap()
    {
        if (!OperatingSystem.IsLinux()) return false;
        try
        {
            return Unmap(null, 0) != 0; // EINVAL: a call that does nothing
        }
        catch (Exception e) when (e is DllNotFoundException or EntryPointNotFoundException)
        {
            return false;
        }
    }

    /// <summary>mmap(2); its numbers are those of Linux on x64 and arm64.</summary>
    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(byte* address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(byte* address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(byte* address, nuint length);
}
