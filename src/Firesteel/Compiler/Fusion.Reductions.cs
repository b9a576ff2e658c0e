using static Firesteel.Aliasing;

namespace Firesteel;

/// <content>Pointwise kernels in front of reductions.</content>
internal sealed partial class Fusion
{
    /// <summary>A reduction takes the pointwise kernel that made its input into itself: that is computed tile by tile, and stored only if somebody else reads it.</summary>
    private void JoinReductions()
    {
        CountReaders();
        for (int j = 0; j < _items.Count; j++)
        {
            if (_items[j] is not RecordedCall { Kernel: ReduceKernel } consumer || consumer.Inputs[0].IsScalar) continue;
            var slot = RecordedCall.SlotOf(consumer.Inputs[0].View);
            if (slot.Kind is not (SlotKind.Temporary or SlotKind.Kept)) continue;
            int i = LastWriter(slot, j);
            if (i < 0 || _items[i] is not RecordedCall producer) continue;
            if (producer.Kernel is not MapKernel)
            {
                consumer.Apart = $"its input comes from {KernelText.NameOf(producer.Kernel)}";
                continue;
            }
            if (Reduced(producer, consumer, slot) is not { } call)
            {
                consumer.Apart = "it computes in another type than what makes its input, or sees that in another layout";
                continue;
            }
            if (CanMove(consumer, i + 1, j)) (_items[i], _items[j]) = (call, null);
            else if (CanMove(producer, i + 1, j)) (_items[i], _items[j]) = (null, call);
            else
            {
                consumer.Apart = "what lies between it and what makes its input needs this order";
                continue;
            }
            CountReads(producer, -1);
            CountReads(consumer, -1);
            CountReads(call, 1);
        }
    }

    /// <summary>One kernel for a pointwise one and the reduction of what it makes, null if they do not fit together.</summary>
    private RecordedCall? Reduced(RecordedCall producer, RecordedCall consumer, Slot slot)
    {
        var map = (MapKernel)producer.Kernel;
        var reduce = (ReduceKernel)consumer.Kernel;
        int which = Array.FindIndex(producer.Outputs, o => ReferenceEquals(o.Storage, slot));
        if (which < 0 || Array.FindLastIndex(producer.Outputs, o => ReferenceEquals(o.Storage, slot)) != which) return null;
        View made = producer.Outputs[which], seen = consumer.Inputs[0].View;
        var computed = reduce.Op is ReduceOp.Max or ReduceOp.Min ? seen.DType.ComputeType() : reduce.Compute;
        // The order in which elements are combined follows from where they lie, so this must be the order in which they are computed.
        if (made.DType != map.Compute || computed != map.Compute || !made.IsContiguous || !seen.IsContiguous || made.Offset != seen.Offset || seen.Shape.NumElements == 0) return null;
        View[] madeOutputs = producer.Outputs;
        KernelInput[] madeInputs = producer.Inputs;
        if (!SamePlace(made, seen))
        {
            if (Reshaped(producer, made, seen) is not { } other || !other.Outputs[which].IsContiguous) return null;
            (madeOutputs, madeInputs) = other;
        }
        var shape = seen.Shape;
        int first = Array.FindIndex(madeInputs, input => !input.IsScalar && input.View.Shape.Equals(shape));
        if (first < 0) first = Array.FindIndex(madeInputs, static input => !input.IsScalar);
        if (first < 0) return null;
        // The first input tells the shape.
        var inputs = new List<KernelInput> { Repeated(madeInputs[first].View, shape) };
        var formulas = Formulas(map.Program, madeInputs, k => k == first ? Expr.In(0) : Input(inputs, madeInputs[k]));
        var outputs = new List<View> { consumer.Outputs[0] };
        var results = new List<Expr> { formulas[which] };
        for (int o = 0; o < madeOutputs.Length; o++)
        {
            if (OnlyReadBy(consumer, RecordedCall.SlotOf(madeOutputs[o]), producer)) continue;
            outputs.Add(madeOutputs[o]);
            results.Add(formulas[o]);
        }
        if (inputs.Count > MostInputs || outputs.Count > MostOutputs || Overlap(outputs, inputs)) return null;
        var program = new Program(inputs.Count, [.. results]);
        return new RecordedCall(new MapReduceKernel(program.KernelFor(map.Compute), reduce), [.. outputs], [.. inputs])
        {
            Fused = producer.Fused + consumer.Fused, Where = producer.Where.Length > 0 ? producer.Where : consumer.Where,
        };
    }

    /// <summary>A view broadcast to a shape.</summary>
    private static View Repeated(in View view, Shape shape)
    {
        if (view.Shape.Equals(shape)) return view;
        var strides = new long[shape.Length];
        int missing = shape.Length - view.Strides.Length;
        for (int d = missing; d < strides.Length; d++) strides[d] = view.Shape.Sizes[d - missing] == 1 ? 0 : view.Strides[d - missing];
        return view.With(shape, strides, view.Offset);
    }

    /// <summary>The last item before another that writes a slot, -1 if none does.</summary>
    private int LastWriter(Slot slot, int before)
    {
        int i = before - 1;
        while (i >= 0 && !(_items[i] is { } item && Writes(item, slot))) i--;
        return i;
    }
}
