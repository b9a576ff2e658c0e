using static Firesteel.Aliasing;

namespace Firesteel;

/// <content>Copies that are not needed, because what is copied can be made where it is wanted.</content>
internal sealed partial class Fusion
{
    /// <summary>A temporary that is copied whole into a part of another tensor is made there: parts of a concatenation, gradients that are wanted elsewhere.</summary>
    private void ForwardCopies()
    {
        var span = Lifetimes();
        for (int j = 0; j < _items.Count; j++)
        {
            if (_items[j] is not RecordedCall { Kernel: MapKernel { Program: { Instructions.Length: 0, Outputs: [0] } } } copy || copy.Inputs is not [{ IsScalar: false }]) continue;
            View from = copy.Inputs[0].View, to = copy.Outputs[0];
            Slot slot = RecordedCall.SlotOf(from), target = RecordedCall.SlotOf(to);
            if (slot.Kind != SlotKind.Temporary || target.Kind == SlotKind.Input || ReferenceEquals(slot, target)) continue;
            if (from.DType != to.DType || !from.IsContiguous || !to.IsContiguous || from.Shape.NumElements != to.Shape.NumElements || !CoversSlot(from)) continue;
            var (first, last) = span[slot];
            bool free = true;
            for (int k = first; k <= last && free; k++)
            {
                if (k == j || _items[k] is not { } item) continue;
                // Before the copy nobody may see the target; afterwards nobody may change either.
                free = item switch
                {
                    RecordedCall call when k < j => !Touches(call, to),
                    RecordedCall call => !Array.Exists(call.Outputs, o => ReferenceEquals(o.Storage, slot) || (ReferenceEquals(o.Storage, target) && !Apart(o, to))),
                    RecordedCopy host => !ReferenceEquals(host.Target, slot) && !ReferenceEquals(host.Target, target),
                    _ => true,
                };
            }
            if (!free) continue;
            for (int k = first; k <= last; k++)
            {
                if (_items[k] is not RecordedCall call) continue;
                for (int o = 0; o < call.Outputs.Length; o++)
                    if (ReferenceEquals(call.Outputs[o].Storage, slot)) call.Outputs[o] = Shifted(call.Outputs[o]);
                for (int i = 0; i < call.Inputs.Length; i++)
                    if (!call.Inputs[i].IsScalar && ReferenceEquals(call.Inputs[i].View.Storage, slot)) call.Inputs[i] = Shifted(call.Inputs[i].View);
            }
            _items[j] = null;
            var other = span[target];
            span[target] = (Math.Min(first, other.First), Math.Max(last, other.Last));

            View Shifted(in View view) => new(target, view.Offset + to.Offset, view.Shape, view.Strides, view.DType);
        }
    }
}
