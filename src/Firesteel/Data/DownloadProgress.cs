namespace Firesteel.Data;

/// <summary>How far a download has come.</summary>
/// <param name="File">The name of the file.</param>
/// <param name="Received">Bytes so far.</param>
/// <param name="Total">Bytes in all, null if the server does not say.</param>
public readonly record struct DownloadProgress(string File, long Received, long? Total);
