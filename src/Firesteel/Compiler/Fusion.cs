using static Firesteel.Aliasing;

namespace Firesteel;

/// <summary>
/// Rewrites a recording to fewer kernels that compute the same bits: numbers in place of tensors filled with one number, pointwise kernels joined
/// to one, to the products before and the reductions behind them, equal work done once, work that nobody reads left out,
/// and one kernel for several sets of operands of the same program.
/// </summary>
internal sealed partial class Fusion
{
    private readonly List<RecordedItem?> _items;
    private readonly Dictionary<Slot, int> _readers = new(ReferenceEqualityComparer.Instance);

    private readonly List<string>? _notes;

    private Fusion(IEnumerable<RecordedItem> items, List<string>? notes)
    {
        // Calls are changed on the way, and the recording stays as it is.
        _items = [.. items.Select(static item => item is RecordedCall call ? new RecordedCall(call.Kernel, [.. call.Outputs], [.. call.Inputs]) { Where = call.Where } : item)];
        _notes = notes;
    }

    /// <summary>Off in tests that compare with what was recorded.</summary>
    internal static bool Enabled { get; set; } = true;

    /// <summary>The items rewritten; <paramref name="notes"/> gets what a report should say of it.</summary>
    public static List<RecordedItem> Run(IEnumerable<RecordedItem> items, List<string>? notes = null)
    {
        if (!Enabled) return [.. items];
        var fusion = new Fusion(items, notes);
        fusion.TakeSetsApart();
        fusion.FoldNumbers();
        fusion.OuterProducts();
        fusion.ScalesAndShifts();
        fusion.ShareEqualWork();
        fusion.RemoveUnread();
        fusion.JoinMaps();
        fusion.JoinEpilogues();
        fusion.JoinReductions();
        fusion.ForwardCopies();
        fusion.RemoveUnread();
        fusion.ComputeAgain();
        fusion.RemoveUnread();
        fusion.PutSetsTogether();
        return [.. fusion._items.OfType<RecordedItem>()];
    }

    private void RemoveUnread()
    {
        CountReaders();
        for (int i = _items.Count - 1; i >= 0; i--)
        {
            if (_items[i] is not RecordedCall call || call.Kernel is RandomKernel or HostKernel) continue;
            if (!Array.TrueForAll(call.Outputs, o => RecordedCall.SlotOf(o).Kind == SlotKind.Temporary && _readers.GetValueOrDefault(RecordedCall.SlotOf(o)) == 0)) continue;
            foreach (ref readonly var input in call.Inputs.AsSpan())
                if (!input.IsScalar) _readers[RecordedCall.SlotOf(input.View)]--;
            _items[i] = null;
        }
    }

    private void CountReaders()
    {
        _readers.Clear();
        foreach (var item in _items)
        {
            if (item is RecordedCall call) CountReads(call, 1);
        }
    }

    private void CountReads(RecordedCall call, int by)
    {
        foreach (ref readonly var input in call.Inputs.AsSpan())
            if (!input.IsScalar) Count(_readers, RecordedCall.SlotOf(input.View), by);
        // Scatters add to what their output holds, and fused kernels may (running statistics).
        if (call.Kernel is not (ScatterKernel or FusedKernel)) return;
        foreach (ref readonly var output in call.Outputs.AsSpan()) Count(_readers, RecordedCall.SlotOf(output), by);
    }

    private Dictionary<Slot, int> CountWrites()
    {
        var writes = new Dictionary<Slot, int>(ReferenceEqualityComparer.Instance);
        foreach (var item in _items)
        {
            if (item is RecordedCopy copy) Count(writes, copy.Target, 1);
            if (item is not RecordedCall call) continue;
            foreach (ref readonly var output in call.Outputs.AsSpan()) Count(writes, RecordedCall.SlotOf(output), 1);
        }
        return writes;
    }

    private static void Count(Dictionary<Slot, int> counts, Slot slot, int by) => counts[slot] = counts.GetValueOrDefault(slot) + by;

    // ---- order ----

    private Dictionary<Slot, (int First, int Last)> Lifetimes()
    {
        var span = new Dictionary<Slot, (int First, int Last)>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < _items.Count; i++)
        {
            switch (_items[i])
            {
                case RecordedCall call:
                    foreach (ref readonly var output in call.Outputs.AsSpan()) Note(RecordedCall.SlotOf(output));
                    foreach (ref readonly var input in call.Inputs.AsSpan())
                        if (!input.IsScalar) Note(RecordedCall.SlotOf(input.View));
                    break;
                case RecordedCopy copy:
                    Note(copy.Target);
                    break;
            }

            void Note(Slot slot) => span[slot] = span.TryGetValue(slot, out var known) ? (known.First, i) : (i, i);
        }
        return span;
    }

    /// <summary>True if a call may run before or after all items from one index up to before another.</summary>
    private bool CanMove(RecordedCall call, int from, int to)
    {
        for (int k = from; k < to; k++)
        {
            switch (_items[k])
            {
                case RecordedCall other:
                    if (Conflict(call, other)) return false;
                    break;
                case RecordedCopy copy:
                    if (Touches(call, copy.Target)) return false;
                    break;
                case RecordedAction:
                    foreach (ref readonly var input in call.Inputs.AsSpan())
                        if (!input.IsScalar && IsHostNumbers(RecordedCall.SlotOf(input.View))) return false;
                    break;
            }
        }
        return true;
    }

    /// <summary>Numbers that optimizers compute in C#.</summary>
    private static bool IsHostNumbers(Slot slot) => slot.Kind == SlotKind.External && slot.Held!.ManagedArray is { } array && array.GetType() != typeof(byte[]);
}
