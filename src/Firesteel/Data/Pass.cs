namespace Firesteel.Data;

/// <summary>One enumeration of a data loader, as far as it can be saved and gone on with.</summary>
internal abstract class Pass(DrawLog log)
{
    /// <summary>Whether there is nothing to go on with: it gave its last batch, or was left early.</summary>
    public bool IsOver { get; protected set; }

    protected DrawLog Log { get; } = log;

    /// <summary>The number of batches that were handed out.</summary>
    protected long Given { get; set; }

    /// <summary>Where it is.</summary>
    public abstract PassState State();
}
