namespace Firesteel.Io;

/// <summary>What the directory of a zip archive says of one file in it.</summary>
/// <param name="Name">Its name, a name and never a path to write to.</param>
/// <param name="IsDeflated">Compressed, or else stored as it is.</param>
/// <param name="Crc">The checksum of its content.</param>
/// <param name="CompressedSize">The bytes that it takes in the archive.</param>
/// <param name="Size">The bytes of its content.</param>
/// <param name="DataOffset">Where its bytes begin in the archive.</param>
internal sealed record ZipEntry(string Name, bool IsDeflated, uint Crc, long CompressedSize, long Size, long DataOffset);
