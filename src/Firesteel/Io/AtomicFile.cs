using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;

namespace Firesteel.Io;

/// <summary>
/// Replaces files as a whole: whoever opens the path finds the old contents or the new, never a part, whether the writer is interrupted by an
/// exception, a full disk, a kill or a power cut.
/// </summary>
/// <remarks>
/// The contents go to a temporary file beside the target, are flushed to the disk, and take over the name in one step; then the folder is flushed.
/// A symbolic link stays one: what it points to is replaced. The permissions of the replaced file are kept; its owner and hard links are not.
/// </remarks>
internal static partial class AtomicFile
{
    private const string Extension = ".saving";
    private const int BufferSize = 1 << 16, LongestName = 255, Attempts = 100;

    /// <summary>Replaces or creates the file at <paramref name="path"/> by what <paramref name="write"/> writes into the stream, which can seek and is not to be closed.</summary>
    /// <exception cref="IOException">It cannot be written; the path holds what it held before.</exception>
    /// <exception cref="UnauthorizedAccessException">The file is read-only, or the folder may not be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        string target = Target(path), folder = Path.GetDirectoryName(target)!;
        RemoveLitter(folder);
        using var stream = Create(target, out string temporary);
        try
        {
            if (File.Exists(target) && !OperatingSystem.IsWindows()) File.SetUnixFileMode(stream.SafeFileHandle, File.GetUnixFileMode(target));
            write(stream);
            stream.Flush(flushToDisk: true);
            // Still open, and so still locked: nobody takes it for litter.
            File.Move(temporary, target, overwrite: true);
        }
        catch (Exception e)
        {
            Discard(stream, temporary);
            // This is how .NET tells of a file that is too large for the file system or for a limit of the process.
            if (e is ArgumentOutOfRangeException { ParamName: "value" }) throw new IOException($"{path}: the file is larger than may be written there.", e);
            throw;
        }
        FlushFolder(folder);
    }

    /// <summary>What is to be replaced: the path, or where it leads to if it is a link.</summary>
    private static string Target(string path)
    {
        string full = Path.GetFullPath(path);
        string target = new FileInfo(full).LinkTarget is null ? full : File.ResolveLinkTarget(full, returnFinalTarget: true)!.FullName;
        if (Directory.Exists(target)) throw new IOException($"{path} is a folder; a file cannot be saved in its place.");
        if (!File.Exists(target)) return target;
        var file = new FileInfo(target);
        if (file.IsReadOnly) throw new UnauthorizedAccessException($"{path} is read-only.");
        if (file.Length == 0 && !IsOrdinary(target)) throw new IOException($"{path} is a device or a pipe; only ordinary files can be replaced.");
        return target;
    }

    /// <summary>Whether a file that seems to be empty is one: only an ordinary file can be given a length. Renaming over a device would replace it.</summary>
    private static bool IsOrdinary(string path)
    {
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.SetLength(handle, 0);
            return true;
        }
        catch (Exception e) when (e is IOException or NotSupportedException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>
    /// A new file beside the target. It is open as long as its writer lives, and being open it is locked: shared for deletion (which on Windows renaming needs),
    /// so that <see cref="RemoveLitter"/>, which asks for it alone, does not get it.
    /// </summary>
    private static FileStream Create(string target, out string temporary)
    {
        string prefix = Prefix(target);
        for (int attempt = 0; ; attempt++)
        {
            temporary = $"{prefix}{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}{Extension}";
            try
            {
                var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Delete, BufferSize);
                if (File.Exists(temporary)) return stream;
                stream.Dispose(); // taken for litter between being made and being locked
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException) && attempt < Attempts)
            {
                // The name is taken; or the file was taken for litter between being made and being locked, and may be gone by now.
            }
        }
    }

    /// <summary>A temporary file is a hidden one with the name of its target, eight hexadecimal digits and an extension of its own.</summary>
    private static string Prefix(string target)
    {
        string name = Path.GetFileName(target);
        if (Encoding.UTF8.GetByteCount(name) + Extension.Length + 10 > LongestName) name = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        return Path.Combine(Path.GetDirectoryName(target)!, $".{name}.");
    }

    /// <summary>
    /// Removes what dead writers have left in a folder: of this file or another, which may never be written again. A temporary file that can be opened by us
    /// alone has no writer.
    /// </summary>
    private static void RemoveLitter(string folder)
    {
        foreach (string path in Directory.EnumerateFiles(folder, ".*" + Extension, new EnumerationOptions { AttributesToSkip = FileAttributes.ReparsePoint, MatchType = MatchType.Simple }))
        {
            if (!Temporary().IsMatch(Path.GetFileName(path))) continue;
            try
            {
                using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
                File.Delete(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Being written, gone in the meantime, or somebody else's.
            }
        }
    }

    [GeneratedRegex(@"^\..+\.[0-9a-f]{8}\.saving\z", RegexOptions.Singleline)]
    private static partial Regex Temporary();

    /// <summary>Removes the temporary file after a failure, which is the exception to be seen: those of closing a stream that cannot be written are not.</summary>
    private static void Discard(FileStream stream, string temporary)
    {
        try
        {
            File.Delete(temporary);
            stream.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>
    /// Writes the new name to the disk. .NET has no way to open a folder; its file handles can flush one, so all that is asked of the system is to open it. A folder
    /// that we may write but not read stays unflushed.
    /// </summary>
    private static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) return; // NTFS journals names, and has no such call
        int descriptor = Open(folder, 0);
        if (descriptor < 0) return;
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>open(2) for reading: the flags are 0 on every Unix.</summary>
    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
