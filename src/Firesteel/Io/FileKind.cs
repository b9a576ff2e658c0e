namespace Firesteel.Io;

/// <summary>Guesses from its first bytes what a file is, for the errors of readers that expected something else.</summary>
internal static class FileKind
{
    /// <summary>What <see cref="Guess"/> says of JSON.</summary>
    public const string Json = "JSON text";

    /// <summary>What <see cref="Guess"/> says of a tar archive.</summary>
    public const string Tar = "a tar archive";

    /// <summary>How many bytes are enough to guess.</summary>
    public const int Needed = 512;

    /// <summary>"; it looks like ...", or nothing.</summary>
    public static string Hint(ByteSource source)
    {
        string? kind = Guess(source.Read(0, (int)Math.Min(source.Length, Needed), "the file"));
        return kind is null ? "" : $"; it looks like {kind}";
    }

    /// <summary>What a file that starts so is, or null.</summary>
    public static string? Guess(ReadOnlySpan<byte> start) => start switch
    {
        [] => "an empty file",
        [(byte)'P', (byte)'K', 3, 4, ..] or [(byte)'P', (byte)'K', 5, 6, ..] => "a zip archive, such as .pt and .npz files are",
        [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] => "a NumPy array (.npy)",
        [0x80, >= 2 and <= 5, ..] => "a Python pickle, such as old .pt files are",
        [0x1F, 0x8B, ..] => "a gzip file",
        [(byte)'B', (byte)'Z', (byte)'h', ..] => "a bzip2 file",
        [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => "an xz file",
        [(byte)'7', (byte)'z', 0xBC, 0xAF, ..] => "a 7z archive",
        [(byte)'R', (byte)'a', (byte)'r', (byte)'!', ..] => "a RAR archive",
        [0x28, 0xB5, 0x2F, 0xFD, ..] => "a Zstandard file",
        [0x89, (byte)'H', (byte)'D', (byte)'F', ..] => "an HDF5 file (Keras)",
        [(byte)'G', (byte)'G', (byte)'U', (byte)'F', ..] => "a GGUF file (llama.cpp)",
        [0x7F, (byte)'E', (byte)'L', (byte)'F', ..] => "a Linux program",
        [(byte)'M', (byte)'Z', ..] => "a Windows program",
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => "a PDF file",
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] or [0xFF, 0xD8, 0xFF, ..] => "an image",
        _ when start.StartsWith("version https://git-lfs"u8) => "a Git LFS pointer: the file itself was not downloaded (git lfs pull)",
        _ when start.Length >= 262 && start[257..].StartsWith("ustar"u8) => Tar,
        _ when IsSafetensors(start) => "a safetensors file",
        _ => Text(start),
    };

    /// <summary>Whether a file that starts so can be a safetensors file: the length of a header that begins with a brace.</summary>
    public static bool IsSafetensors(ReadOnlySpan<byte> start) =>
        start.Length > 8 && System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(start) <= Safetensors.MaxHeader && start[8..].TrimStart(" \t\r\n"u8) is [(byte)'{', ..];

    private static string? Text(ReadOnlySpan<byte> start)
    {
        start = start.TrimStart(" \t\r\n"u8);
        if (start is [(byte)'<', (byte)'!' or (byte)'h' or (byte)'H' or (byte)'?', ..]) return "an HTML or XML page, perhaps an error message instead of the download";
        if (start is [(byte)'{' or (byte)'[', ..]) return Json;
        foreach (byte value in start)
            if (value is < 32 and not (9 or 10 or 13)) return null;
        return "text";
    }
}
