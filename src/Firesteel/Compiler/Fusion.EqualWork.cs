using static Firesteel.Aliasing;

namespace Firesteel;

/// <content>Equal work, done once.</content>
internal sealed partial class Fusion
{
    /// <summary>The same kernel on the same values, into a temporary, is done once.</summary>
    private void ShareEqualWork()
    {
        var writes = CountWrites();
        var known = new Dictionary<int, List<RecordedCall>>();
        var replaced = new Dictionary<Slot, Slot>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < _items.Count; i++)
        {
            if (_items[i] is not RecordedCall call) continue;
            for (int a = 0; a < call.Inputs.Length; a++)
                if (!call.Inputs[a].IsScalar && replaced.TryGetValue(RecordedCall.SlotOf(call.Inputs[a].View), out var other)) call.Inputs[a] = Moved(call.Inputs[a].View, other);
            if (call.Kernel is RandomKernel or HostKernel || call.Outputs.Length != 1) continue;
            var slot = RecordedCall.SlotOf(call.Outputs[0]);
            if (slot.Kind != SlotKind.Temporary || writes[slot] != 1 || !CoversSlot(call.Outputs[0])) continue;
            if (!Array.TrueForAll(call.Inputs, input => input.IsScalar || Constant(RecordedCall.SlotOf(input.View)))) continue;
            int hash = HashCode.Combine(call.Kernel.GetType(), call.Outputs[0].Shape, call.Inputs.Length, call.Inputs.Length > 0 && !call.Inputs[0].IsScalar ? RecordedCall.SlotOf(call.Inputs[0].View).Index : -1);
            if (!known.TryGetValue(hash, out var list)) known[hash] = list = [];
            if (list.Find(before => Equal(before, call)) is { } first)
            {
                replaced[slot] = RecordedCall.SlotOf(first.Outputs[0]);
                _items[i] = null;
            }
            else list.Add(call);
        }

        // Written before everything, or once and before it is read.
        bool Constant(Slot slot) => slot.Kind is SlotKind.Temporary or SlotKind.Kept ? writes.GetValueOrDefault(slot) <= 1 : writes.GetValueOrDefault(slot) == 0;
    }

    private static View Moved(in View view, Slot slot) => new(slot, view.Offset, view.Shape, view.Strides, view.DType);

    private static bool Equal(RecordedCall a, RecordedCall b)
    {
        if (!KernelText.Same(a.Kernel, b.Kernel) || a.Inputs.Length != b.Inputs.Length || a.Outputs[0].DType != b.Outputs[0].DType || !SameShape(a.Outputs[0], b.Outputs[0])) return false;
        for (int i = 0; i < a.Inputs.Length; i++)
        {
            if (a.Inputs[i].IsScalar != b.Inputs[i].IsScalar) return false;
            if (a.Inputs[i].IsScalar ? a.Inputs[i].Scalar != b.Inputs[i].Scalar : !SamePlace(a.Inputs[i].View, b.Inputs[i].View)) return false;
        }
        return true;
    }
}
