namespace Firesteel;

/// <summary>Places temporaries in one block of memory: those that are not alive at the same time may lie on each other.</summary>
internal static class Arena
{
    private const long Alignment = 64;

    /// <summary>Sets the offset of every temporary slot and returns the size of the block.</summary>
    public static long Place(IReadOnlyList<RecordedItem> items, IReadOnlyList<Slot> slots)
    {
        var first = new Dictionary<Slot, int>(ReferenceEqualityComparer.Instance);
        var last = new Dictionary<Slot, int>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < items.Count; i++)
        {
            switch (items[i])
            {
                case RecordedCall call:
                    foreach (ref readonly var view in call.Outputs.AsSpan()) Note(RecordedCall.SlotOf(view), i);
                    foreach (ref readonly var input in call.Inputs.AsSpan())
                        if (!input.IsScalar) Note(RecordedCall.SlotOf(input.View), i);
                    break;
                case RecordedCopy copy:
                    Note(copy.Target, i);
                    break;
            }
        }
        // The largest first, each at the lowest place that is free all the time that it lives.
        var placed = new List<Slot>();
        long size = 0;
        foreach (var slot in first.Keys.Where(static s => s.Kind == SlotKind.Temporary).OrderByDescending(static s => s.ByteCount).ThenBy(s => first[s]))
        {
            long bytes = Math.Max(slot.ByteCount, 1), at = 0;
            foreach (var other in placed)
            {
                if (first[other] > last[slot] || last[other] < first[slot]) continue;
                if (at + bytes <= other.Offset) break;
                at = Math.Max(at, (other.Offset + Math.Max(other.ByteCount, 1) + Alignment - 1) / Alignment * Alignment);
            }
            slot.Offset = at;
            int index = placed.FindIndex(o => o.Offset > at);
            placed.Insert(index < 0 ? placed.Count : index, slot);
            size = Math.Max(size, at + bytes);
        }
        return size;

        void Note(Slot slot, int i)
        {
            if (slot.Kind != SlotKind.Temporary) return;
            first.TryAdd(slot, i);
            last[slot] = i;
        }
    }
}
