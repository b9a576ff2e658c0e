namespace Firesteel.Io;

/// <summary>Says what a file seems to be that is not what it should be.</summary>
internal static class FileKinds
{
    /// <summary>The rest of a sentence that begins with "it".</summary>
    public static string Describe(ReadOnlySpan<byte> head, long length)
    {
        if (length == 0) return "is empty";
        if (head.StartsWith("version https://git-lfs"u8)) return "is a pointer of Git LFS; fetch the file itself with 'git lfs pull'";
        if (head.Length >= 262 && head.Slice(257, 5).SequenceEqual("ustar"u8)) return "is a tar archive, perhaps of PyTorch before 0.1.10, which is not supported; load it with a PyTorch before 2.6 and save it again";
        if (head.Length > 8 && head[8] == '{' && BitConverter.ToUInt64(head) < (ulong)length) return "seems to be a safetensors file";
        if (head.StartsWith((ReadOnlySpan<byte>)[(byte)'7', (byte)'z', 0xbc, 0xaf])) return "is a 7z archive";
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1f, 0x8b])) return "is compressed with gzip";
        if (head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'H', (byte)'D', (byte)'F'])) return "is an HDF5 file";
        if (head.StartsWith((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'])) return "is a .npy file";
        if (head.StartsWith("GGUF"u8)) return "is a GGUF file";
        if (head.TrimStart(" \t\r\n"u8) is [(byte)'<', ..]) return "seems to be a web page";
        if (head.StartsWith((ReadOnlySpan<byte>)[0x80])) return "seems to be a plain pickle";
        return $"begins with {Convert.ToHexStringLower(head[..Math.Min(8, head.Length)])}";
    }
}
