namespace Firesteel.Io;

/// <summary>Shapes as files claim them.</summary>
internal static class CheckpointShape
{
    /// <summary>The most dimensions, as in NumPy and PyTorch.</summary>
    public const int MaxRank = 64;

    /// <summary>A shape whose bits can be counted; the sizes are not negative, and their product must not overflow, not even before a zero.</summary>
    /// <exception cref="CheckpointFormatException">It cannot be the shape of a tensor.</exception>
    public static Shape Of(ByteSource source, long offset, IReadOnlyList<long> sizes, int bitsPerElement, string what)
    {
        if (sizes.Count > MaxRank) throw source.Error(offset, $"{what} has {sizes.Count} dimensions; {MaxRank} are supported");
        Int128 bits = bitsPerElement;
        foreach (long size in sizes)
        {
            if (size < 0) throw source.Error(offset, $"{what} has a negative size: [{string.Join(", ", sizes)}]");
            bits *= size;
            if (bits > long.MaxValue) throw source.Error(offset, $"{what} of shape [{string.Join(", ", sizes)}] is too large to be counted");
        }
        return Shape.Create([.. sizes]);
    }
}
