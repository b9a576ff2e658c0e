namespace Firesteel;

/// <summary>A recorded run, finished: what happened, in terms of slots, and under which conditions that holds.</summary>
internal sealed class Recording
{
    public required Recorder Recorder { get; init; }

    /// <summary>The arguments of the run.</summary>
    public required InputGuard[] Inputs { get; init; }

    public List<RecordedItem> Items => Recorder.Items;

    public IReadOnlyList<Slot> Slots => Recorder.Slots;

    public IReadOnlyList<Guard> Guards => Recorder.Watcher.Guards;

    /// <summary>The run left results whose history is the caller's.</summary>
    public bool HasHistory { get; set; }

    /// <summary>True if these arguments are like those of the run.</summary>
    public bool Fits(ReadOnlySpan<Tensor> inputs)
    {
        if (inputs.Length != Inputs.Length) return false;
        for (int i = 0; i < inputs.Length; i++)
            if (!Inputs[i].Fits(inputs, i)) return false;
        return true;
    }

    /// <summary>True if the arguments of another run were of the same kind.</summary>
    public bool IsForLike(Recording other)
    {
        if (Inputs.Length != other.Inputs.Length) return false;
        for (int i = 0; i < Inputs.Length; i++)
            if (!Inputs[i].IsLike(other.Inputs[i])) return false;
        return true;
    }

    /// <summary>
    /// Decides which arguments are ordinary ones: not those whose memory the step knows from elsewhere as well (a parameter), or reaches beyond the
    /// argument itself. Those must be the same ones again.
    /// </summary>
    public void SettleInputs()
    {
        foreach (var slot in Slots)
        {
            if (slot.Kind != SlotKind.Input) continue;
            if (Recorder.Watcher.Watches(slot.Held!) || !WithinArguments(slot)) slot.Kind = SlotKind.External;
        }
    }

    private bool WithinArguments(Slot slot)
    {
        long first = long.MaxValue, last = long.MinValue;
        foreach (var input in Inputs)
        {
            if (!ReferenceEquals(input.Layout.Storage, slot.Held)) continue;
            var (from, to) = Bytes(input.Layout);
            (first, last) = (Math.Min(first, from), Math.Max(last, to));
        }
        foreach (var item in Items)
        {
            if (item is not RecordedCall call) continue;
            foreach (ref readonly var view in call.Outputs.AsSpan())
                if (Outside(view)) return false;
            foreach (ref readonly var input in call.Inputs.AsSpan())
                if (!input.IsScalar && Outside(input.View)) return false;
        }
        return true;

        bool Outside(in View view)
        {
            if (!ReferenceEquals(view.Storage, slot) || view.Shape.NumElements == 0) return false;
            var (from, to) = Bytes(view);
            return from < first || to > last;
        }

        static (long From, long To) Bytes(in View view)
        {
            var (from, to) = view.Extent();
            int size = view.DType.ItemSize();
            return to < from ? (view.Offset * size, view.Offset * size) : (from * size, (to + 1) * size);
        }
    }

    /// <summary>What differs from another run of the same function, null if a replay of either would do what both did.</summary>
    public string? DifferenceFrom(Recording other)
    {
        if (Inputs.Length != other.Inputs.Length) return "another number of arguments";
        for (int i = 0; i < Inputs.Length; i++)
            if (!Inputs[i].IsLike(other.Inputs[i])) return $"argument {i} is {Inputs[i].Text()}, captured for {other.Inputs[i].Text()}";
        if (HasHistory != other.HasHistory) return "the result has a history, or not";
        if (Items.Count != other.Items.Count) return $"{Items.Count} kernels instead of {other.Items.Count}";
        var same = new Dictionary<Slot, Slot>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < Items.Count; i++)
        {
            if (Difference(Items[i], other.Items[i], same) is { } difference) return $"step {i + 1} of {Items.Count} ({Name(Items[i])}): {difference}";
        }
        Passing.Clear();
        foreach (var (leaf, use) in Recorder.Gradients)
        {
            if (Array.Exists(Inputs, input => ReferenceEquals(input.Tensor, leaf))) continue;
            if (!other.Recorder.Gradients.TryGetValue(leaf, out var before))
            {
                if (use.Before is not null) return "the gradient of another tensor was set";
                Passing.Add(leaf);
                continue;
            }
            if (use.Read != before.Read || use.Written != before.Written || !ReferenceEquals(use.Before, before.Before) || use.Left != before.Left) return "a gradient was there, or not, at the start";
        }
        foreach (var (leaf, use) in other.Recorder.Gradients)
        {
            if (Array.Exists(other.Inputs, input => ReferenceEquals(input.Tensor, leaf))) continue;
            if (!Recorder.Gradients.ContainsKey(leaf) && use.Before is not null) return "the gradient of another tensor was set";
        }
        return null;
    }

    /// <summary>Leaves that the function makes itself, others in every run: nobody asks for their gradients between runs.</summary>
    public HashSet<Tensor> Passing { get; } = new(ReferenceEqualityComparer.Instance);

    private static string Name(RecordedItem item) => item switch
    {
        RecordedCall call => KernelText.NameOf(call.Kernel),
        RecordedAction action => action.Name,
        _ => "copy from C#",
    };

    private static string? Difference(RecordedItem a, RecordedItem b, Dictionary<Slot, Slot> same)
    {
        switch (a, b)
        {
            case (RecordedAction x, RecordedAction y):
                return x.Name == y.Name && x.Key.Equals(y.Key) ? null : "another action";
            case (RecordedCopy x, RecordedCopy y):
                if (x.ByteCount != y.ByteCount || !Same(x.Target, y.Target, same)) return "a copy of another size";
                return x.Constant && !((byte[])x.Source).AsSpan().SequenceEqual((byte[])y.Source) ? "numbers from C# that are others every time" : null;
            case (RecordedCall x, RecordedCall y):
                if (!KernelText.Same(x.Kernel, y.Kernel)) return $"the kernel was {KernelText.NameOf(y.Kernel)}";
                if (x.Outputs.Length != y.Outputs.Length || x.Inputs.Length != y.Inputs.Length) return "another number of operands";
                for (int i = 0; i < x.Outputs.Length; i++)
                    if (Difference(x.Outputs[i], y.Outputs[i], same) is { } output) return output;
                for (int i = 0; i < x.Inputs.Length; i++)
                {
                    if (x.Inputs[i].IsScalar != y.Inputs[i].IsScalar) return "a number instead of a tensor";
                    if (x.Inputs[i].IsScalar)
                    {
                        if (x.Inputs[i].Scalar != y.Inputs[i].Scalar) return $"the number {x.Inputs[i].Scalar} was {y.Inputs[i].Scalar} the time before";
                    }
                    else if (Difference(x.Inputs[i].View, y.Inputs[i].View, same) is { } input) return input;
                }
                return null;
            default:
                return "something else happened";
        }
    }

    private static string? Difference(in View a, in View b, Dictionary<Slot, Slot> same)
    {
        if (a.DType != b.DType || !a.Shape.Equals(b.Shape) || !a.Strides.AsSpan().SequenceEqual(b.Strides)) return $"operand {a.Shape} was {b.Shape}";
        var slot = RecordedCall.SlotOf(a);
        // Arguments may be other parts of other storages each time.
        if (slot.Kind != SlotKind.Input && a.Offset != b.Offset) return "another part of a tensor";
        return Same(slot, RecordedCall.SlotOf(b), same) ? null : "an operand in another place";
    }

    private static bool Same(Slot a, Slot b, Dictionary<Slot, Slot> same)
    {
        if (same.TryGetValue(a, out var known)) return ReferenceEquals(known, b);
        same[a] = b;
        if (a.ByteCount != b.ByteCount && a.Kind != SlotKind.Input) return false;
        return a.Kind switch
        {
            SlotKind.Input => b.Kind == SlotKind.Input && a.Input == b.Input,
            SlotKind.External => b.Kind == SlotKind.External && ReferenceEquals(a.Held, b.Held),
            _ => b.Kind is SlotKind.Kept or SlotKind.Temporary,
        };
    }
}
