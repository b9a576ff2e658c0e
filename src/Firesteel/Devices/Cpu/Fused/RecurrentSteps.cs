namespace Firesteel;

/// <summary>Where the rows of each step of a padded or packed batch lie, and where the states before them.</summary>
internal readonly unsafe struct RecurrentSteps(long count, long batch, long* sizes, long* offsets, bool backwards)
{
    /// <summary>The number of steps.</summary>
    public readonly long Count = count;

    public readonly long Batch = batch;

    /// <summary>The sequences that reach a step.</summary>
    public long SizeOf(long step) => sizes is null ? Batch : sizes[step];

    /// <summary>The row of the first sequence.</summary>
    public long OffsetOf(long step) => sizes is null ? step * Batch : offsets[step];

    /// <summary>The step that is done at a turn.</summary>
    public long At(long turn) => backwards ? Count - 1 - turn : turn;

    /// <summary>How many of the sequences from <paramref name="start"/> to <paramref name="end"/> a step has.</summary>
    public long RowsOf(long step, long start, long end) => Math.Max(0, Math.Min(end, SizeOf(step)) - start);

    /// <summary>The step that gives a step its states; -1 for the first states.</summary>
    public long Before(long step)
    {
        long before = backwards ? step + 1 : step - 1;
        return before < Count ? before : -1;
    }

    /// <summary>How many of those sequences have a state from the step before; the others, behind them, begin.</summary>
    public long RowsGoingOn(long step, long start, long end)
    {
        long before = Before(step);
        return before < 0 ? 0 : Math.Min(RowsOf(step, start, end), RowsOf(before, start, end));
    }

    /// <summary>The step that leaves the last state of a sequence.</summary>
    public long LastOf(long sequence)
    {
        if (backwards) return 0;
        long last = Count - 1;
        while (SizeOf(last) <= sequence) last--;
        return last;
    }

    /// <summary>Sequences for a task: enough for a good product, few enough for several threads.</summary>
    public long PerTask => Math.Clamp((Batch + 1) / 2, 8, 18);
}
