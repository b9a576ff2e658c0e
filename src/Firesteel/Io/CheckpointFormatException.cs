namespace Firesteel.Io;

/// <summary>A file is not what it should be: cut off, damaged, hostile, of another kind, or with content that is not supported. One type for all formats.</summary>
public sealed class CheckpointFormatException : FormatException
{
    /// <summary>An error in a file at a byte.</summary>
    public CheckpointFormatException(string file, long offset, string reason, Exception? innerException = null)
        : base($"{file}: {reason} (at byte {offset}).", innerException) => (File, Offset, Reason) = (file, offset, reason);

    /// <summary>The file, by the name under which it was opened.</summary>
    public string File { get; }

    /// <summary>The byte of the file (in a compressed part: of its uncompressed content) at which reading failed.</summary>
    public long Offset { get; }

    /// <summary>What is wrong, without file and byte.</summary>
    public string Reason { get; }
}
