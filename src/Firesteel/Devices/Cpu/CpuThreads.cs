namespace Firesteel;

/// <summary>Work on a range of indices that may run on several threads at once.</summary>
internal interface IRangeBody
{
    /// <summary>Does the part from <paramref name="start"/> to before <paramref name="end"/>.</summary>
    void Run(long start, long end);
}

/// <summary>Fork and join.</summary>
internal static class CpuThreads
{
    /// <summary>
    /// Runs <paramref name="body"/> over 0..count-1 in pieces of <paramref name="grain"/> (the last may be shorter). How the range is
    /// cut depends on count and grain only, never on the number of threads, so that results do not either.
    /// </summary>
    public static void For<T>(long count, long grain, T body)
        where T : struct, IRangeBody
    {
        for (long start = 0; start < count; start += grain) body.Run(start, Math.Min(start + grain, count));
    }
}
