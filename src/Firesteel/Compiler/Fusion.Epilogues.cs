using static Firesteel.Aliasing;

namespace Firesteel;

/// <content>Pointwise kernels behind products and convolutions.</content>
internal sealed partial class Fusion
{
    /// <summary>A product takes the pointwise kernel that reads its result into itself: that runs over parts of the result while they are in the cache.</summary>
    private void JoinEpilogues()
    {
        CountReaders();
        for (int j = 0; j < _items.Count; j++)
        {
            // What an optimizer reads and writes would drive the product's own operands out of the cache; all parameters in one pass take less time.
            if (_items[j] is not RecordedCall { Kernel: MapKernel, SetOf: null } consumer) continue;
            foreach (var input in consumer.Inputs)
            {
                if (input.IsScalar) continue;
                var slot = RecordedCall.SlotOf(input.View);
                if (slot.Kind is not (SlotKind.Temporary or SlotKind.Kept)) continue;
                int i = LastWriter(slot, j);
                if (i < 0 || _items[i] is not RecordedCall { Kernel: MatMulKernel or ConvKernel } producer) continue;
                if (Finished(producer, consumer, slot) is not { } call)
                {
                    consumer.Apart = $"not a part of the {KernelText.NameOf(producer.Kernel)}: it sees the result in another layout, or partly";
                    continue;
                }
                // Where the product is: made much later, it would keep what it reads alive.
                if (CanMove(consumer, i + 1, j)) (_items[i], _items[j]) = (call, null);
                else if (MadeBetween(i + 1, j) <= LittleBytes && CanMove(producer, i + 1, j)) (_items[i], _items[j]) = (null, call);
                else
                {
                    consumer.Apart = $"not a part of the {KernelText.NameOf(producer.Kernel)}: what it needs is made after that";
                    continue;
                }
                CountReads(producer, -1);
                CountReads(consumer, -1);
                CountReads(call, 1);
                break;
            }
        }
    }

    /// <summary>Bytes of outputs that are so few that a product may as well be made after them.</summary>
    private const long LittleBytes = 64 * 1024;

    private long MadeBetween(int from, int to)
    {
        long bytes = 0;
        for (int k = from; k < to; k++)
            if (_items[k] is RecordedCall call)
                foreach (ref readonly var output in call.Outputs.AsSpan()) bytes += output.Shape.NumElements * output.DType.ItemSize();
        return bytes;
    }

    /// <summary>One kernel for a product and the pointwise one that reads its result, null if they do not fit together.</summary>
    private RecordedCall? Finished(RecordedCall producer, RecordedCall consumer, Slot slot)
    {
        var map = (MapKernel)consumer.Kernel;
        var made = producer.Outputs[0];
        long count = made.Shape.NumElements;
        if (!made.IsContiguous || made.DType != map.Compute || map.Compute == DType.Int64 || consumer.Outputs[0].Shape.NumElements != count || count == 0) return null;
        if (producer.Kernel is ConvKernel { Pass: ConvPass.Filter }) return null;
        View? seen = null;
        foreach (var input in consumer.Inputs)
        {
            if (input.IsScalar || !ReferenceEquals(input.View.Storage, slot)) continue;
            if (input.View.Offset != made.Offset || !input.View.IsContiguous || input.View.DType != made.DType || !SameShape(input.View, consumer.Outputs[0])) return null;
            seen = input.View;
        }
        // Where the product can be made: in an output that nobody reads or writes otherwise.
        bool overwritten = Array.Exists(consumer.Outputs, o => ReferenceEquals(o.Storage, slot));
        bool kept = !overwritten && !OnlyReadBy(consumer, slot, producer);
        int home = kept ? -1 : Array.FindIndex(consumer.Outputs, o => overwritten ? SamePlace(o, seen!.Value) : o.IsContiguous && o.DType == made.DType && !ReadElsewhere(o));
        // The product has its own shape, in which then all operands have to be seen.
        View[] mapOutputs = consumer.Outputs;
        KernelInput[] mapInputs = consumer.Inputs;
        if (home >= 0 && !SameShape(made, mapOutputs[home]))
        {
            if (Reshaped(consumer, mapOutputs[home], mapOutputs[home].With(made.Shape)) is { } other && other.Outputs[home].IsContiguous) (mapOutputs, mapInputs) = other;
            else home = -1;
        }
        if (overwritten && home < 0) return null;
        kept |= home < 0;

        var inputs = new List<KernelInput>();
        int[] numbers = new int[mapInputs.Length];
        for (int k = 0; k < numbers.Length; k++)
        {
            if (!mapInputs[k].IsScalar && ReferenceEquals(mapInputs[k].View.Storage, slot)) continue;
            numbers[k] = inputs.Count + 1;
            inputs.Add(mapInputs[k]);
        }
        var formulas = Formulas(map.Program, mapInputs, k => Expr.In(numbers[k]));
        var outputs = new List<View>(mapOutputs);
        var results = new List<Expr>(formulas);
        if (kept) outputs.Insert(0, made);
        else if (home > 0)
        {
            (outputs[0], outputs[home]) = (outputs[home], outputs[0]);
            (results[0], results[home]) = (results[home], results[0]);
        }
        // The product writes while it still reads, and the program while the product does.
        foreach (var output in outputs)
            foreach (ref readonly var input in producer.Inputs.AsSpan())
                if (!input.IsScalar && ReferenceEquals(input.View.Storage, output.Storage) && !Apart(input.View, output)) return null;
        if (inputs.Count + 1 > MostInputs || outputs.Count > MostOutputs || Overlap(outputs, inputs)) return null;
        // A result that is handed on unchanged must not have been overwritten before it is.
        if (!kept && results.FindIndex(1, static r => r.IsInput && r.Input == 0) >= 0) return null;
        var program = new Program(inputs.Count + 1, [.. results]);
        return new RecordedCall(new EpilogueKernel(producer.Kernel, producer.Inputs.Length, program.KernelFor(map.Compute), kept), [.. outputs], [.. producer.Inputs, .. inputs])
        {
            Fused = producer.Fused + consumer.Fused, Where = producer.Where.Length > 0 ? producer.Where : consumer.Where,
        };

        bool ReadElsewhere(View home) =>
            Array.Exists(consumer.Inputs, input => !input.IsScalar && ReferenceEquals(input.View.Storage, home.Storage) && !Apart(input.View, home))
            || Array.FindAll(consumer.Outputs, o => ReferenceEquals(o.Storage, home.Storage) && !Apart(o, home)).Length > 1;
    }
}
