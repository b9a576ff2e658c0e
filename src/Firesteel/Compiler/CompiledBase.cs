namespace Firesteel;

/// <summary>What all captured functions have in common. See <see cref="Compiler"/>.</summary>
public abstract class Compiled
{
    private protected Compiled()
    {
    }

    /// <summary>How many combinations of arguments and settings are captured.</summary>
    public int Captures { get; private protected set; }

    /// <summary>How often the function ran as C# code: to be captured, or because it cannot be.</summary>
    public long EagerRuns { get; private protected set; }

    /// <summary>How often a captured form ran.</summary>
    public long Replays { get; private protected set; }

    /// <summary>Why the function is not captured any more, null as long as it is.</summary>
    public string? EagerBecause { get; private protected set; }

    /// <summary>Why the function is not captured when a result has a history that backward can run through, null as long as it is.</summary>
    public string? PlainWithHistoryBecause { get; private protected set; }

    /// <summary>What had changed when the function was last captured anew, null if it never was.</summary>
    public string? LastRecapture { get; private protected set; }

    /// <summary>
    /// A report of what was captured: kernels before and after fusion, bytes, arithmetic, estimated and measured time of each, memory, and the C#
    /// values that were read on the way. Every 64th replay is timed; a time is the least so far.
    /// </summary>
    public string Explain() => StepReport.Text(this, All());

    /// <summary>The same as <see cref="Explain"/>, as a page of HTML.</summary>
    public string ToHtml() => StepReport.Html(this, All());

    private protected abstract IReadOnlyList<Replay> All();

}
