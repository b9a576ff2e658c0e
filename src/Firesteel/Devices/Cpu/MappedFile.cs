using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Firesteel;

/// <summary>
/// A file that is open for reading: by position, or as memory, into which it is mapped when somebody first asks for that. The mapping is
/// private: what is written to it never reaches the file. Closed when nobody uses it any more.
/// </summary>
internal sealed unsafe class MappedFile : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SafeFileHandle _handle;
    private MemoryMappedFile? _mapping;
    private MemoryMappedViewAccessor? _view; // owns the mapped memory
    private byte* _memory;

    /// <summary>Opens a file.</summary>
    /// <exception cref="IOException">It is not there or cannot be read.</exception>
    public MappedFile(string path)
    {
        // Shared for writing too: .NET would otherwise ask for the length once and believe in it.
        _handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Path = path;
        Length = RandomAccess.GetLength(_handle);
    }

    public string Path { get; }

    /// <summary>The length when it was opened.</summary>
    public long Length { get; }

    /// <summary>The first byte in memory; valid as long as this object is.</summary>
    public byte* Memory
    {
        get
        {
            lock (_lock)
            {
                if (_memory is not null) return _memory;
                _mapping = MemoryMappedFile.CreateFromFile(_handle, null, 0, MemoryMappedFileAccess.CopyOnWrite, HandleInheritability.None, leaveOpen: true);
                _view = _mapping.CreateViewAccessor(0, Length, MemoryMappedFileAccess.CopyOnWrite);
                // No reference is counted, which a finalizer would have to give back: whoever has the pointer keeps this object, and it the view.
                return _memory = (byte*)_view.SafeMemoryMappedViewHandle.DangerousGetHandle() + _view.PointerOffset;
            }
        }
    }

    /// <summary>Fills a span with the bytes at a position.</summary>
    /// <exception cref="EndOfStreamException">The file was made shorter since it was opened.</exception>
    public void Read(long offset, Span<byte> destination)
    {
        while (destination.Length > 0)
        {
            int count = RandomAccess.Read(_handle, destination, offset);
            if (count == 0) throw Shorter();
            offset += count;
            destination = destination[count..];
        }
    }

    /// <summary>Makes sure that the file still has all its bytes; touching mapped memory behind its end would end the process.</summary>
    /// <exception cref="EndOfStreamException">It was made shorter since it was opened.</exception>
    public void EnsureWhole()
    {
        if (RandomAccess.GetLength(_handle) < Length) throw Shorter();
    }

    /// <summary>Closes the file, unless there is memory that depends on it: then the collector does when nobody uses that any more.</summary>
    public void Dispose()
    {
        lock (_lock)
            if (_memory is null) _handle.Dispose();
    }

    private EndOfStreamException Shorter() => new($"{Path}: the file became shorter since it was opened.");
}
