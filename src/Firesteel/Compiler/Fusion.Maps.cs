using static Firesteel.Aliasing;

namespace Firesteel;

/// <content>Pointwise kernels joined to one.</content>
internal sealed partial class Fusion
{
    private const int MostInputs = 24, MostOutputs = 16, MostInstructions = 96;

    /// <summary>Joins each pointwise kernel to those that made its inputs, where nothing in between stands in the way.</summary>
    private void JoinMaps()
    {
        CountReaders();
        for (int j = 0; j < _items.Count; j++)
        {
            bool joined = true;
            while (joined && _items[j] is RecordedCall { Kernel: MapKernel } consumer)
            {
                joined = false;
                for (int a = 0; a < consumer.Inputs.Length && !joined; a++)
                {
                    if (consumer.Inputs[a].IsScalar) continue;
                    var slot = RecordedCall.SlotOf(consumer.Inputs[a].View);
                    if (slot.Kind is not (SlotKind.Temporary or SlotKind.Kept)) continue;
                    int i = LastWriter(slot, j);
                    if (i < 0 || _items[i] is not RecordedCall { Kernel: MapKernel } producer) continue;
                    if (Joined(producer, consumer, slot) is not { } call) continue;
                    // The two meet where the consumer is, or where the producer is.
                    if (CanMove(producer, i + 1, j)) (_items[i], _items[j]) = (null, call);
                    else if (CanMove(consumer, i + 1, j)) (_items[i], _items[j]) = (call, null);
                    else continue;
                    CountReads(producer, -1);
                    CountReads(consumer, -1);
                    CountReads(call, 1);
                    joined = true;
                }
            }
        }
    }

    /// <summary>One kernel for two, null if they do not fit together.</summary>
    private RecordedCall? Joined(RecordedCall producer, RecordedCall consumer, Slot slot)
    {
        MapKernel first = (MapKernel)producer.Kernel, second = (MapKernel)consumer.Kernel;
        if (first.Compute != second.Compute) return null;
        if (first.Program.Instructions.Length + second.Program.Instructions.Length > MostInstructions) return null;
        int which = Array.FindIndex(producer.Outputs, o => ReferenceEquals(o.Storage, slot));
        if (which < 0 || Array.FindLastIndex(producer.Outputs, o => ReferenceEquals(o.Storage, slot)) != which) return null;
        var made = producer.Outputs[which];
        if (!ExactIn(made.DType, first, which)) return null;
        // Every look of the consumer at the slot has to be at what was made, element by element.
        View? seen = null;
        foreach (ref readonly var input in consumer.Inputs.AsSpan())
        {
            if (input.IsScalar || !ReferenceEquals(input.View.Storage, slot)) continue;
            if (seen is { } before && !SamePlace(before, input.View)) return null;
            seen = input.View;
        }
        var domain = consumer.Outputs[0];
        if (!SameShape(seen!.Value, domain)) return null;
        View[] madeOutputs = producer.Outputs;
        KernelInput[] madeInputs = producer.Inputs;
        if (!SamePlace(seen.Value, made))
        {
            if (Reshaped(producer, made, seen.Value) is not { } other) return null;
            (madeOutputs, madeInputs) = other;
        }

        var inputs = new List<KernelInput>();
        var outputs = new List<View>();
        var formulas = new List<Expr>();
        var made0 = Formulas(first.Program, madeInputs, k => Input(inputs, madeInputs[k]));
        bool fits = true;
        var rest = Formulas(second.Program, consumer.Inputs, k =>
        {
            var input = consumer.Inputs[k];
            if (input.IsScalar) return Input(inputs, input);
            int from = Array.FindIndex(madeOutputs, o => ReferenceEquals(o.Storage, input.View.Storage));
            if (from < 0) return Input(inputs, input);
            // Whatever else it reads of what the producer writes has to be just that, too.
            fits &= SamePlace(madeOutputs[from], input.View) && ExactIn(madeOutputs[from].DType, first, from) && Array.FindLastIndex(madeOutputs, o => ReferenceEquals(o.Storage, input.View.Storage)) == from;
            return made0[from];
        });
        if (!fits) return null;
        for (int o = 0; o < madeOutputs.Length; o++)
        {
            var target = RecordedCall.SlotOf(madeOutputs[o]);
            if (OnlyReadBy(consumer, target, producer)) continue;
            outputs.Add(madeOutputs[o]);
            formulas.Add(made0[o]);
        }
        for (int o = 0; o < consumer.Outputs.Length; o++)
        {
            // The consumer overwrites what was made, as an operation in place does.
            int twice = outputs.FindIndex(v => SamePlace(v, consumer.Outputs[o]));
            if (twice >= 0) formulas[twice] = rest[o];
            else
            {
                outputs.Add(consumer.Outputs[o]);
                formulas.Add(rest[o]);
            }
        }
        if (inputs.Count > MostInputs || outputs.Count > MostOutputs || Overlap(outputs, inputs)) return null;
        // An input that is handed on unchanged must not have been overwritten before it is.
        for (int o = 0; o < outputs.Count; o++)
            if (formulas[o].IsInput && inputs[formulas[o].Input] is { IsScalar: false } raw && outputs.Exists(v => ReferenceEquals(v.Storage, raw.View.Storage))) return null;
        var program = new Program(inputs.Count, [.. formulas]);
        return new RecordedCall(program.KernelFor(first.Compute), [.. outputs], [.. inputs]) { Fused = producer.Fused + consumer.Fused, Where = producer.Where.Length > 0 ? producer.Where : consumer.Where };
    }

    /// <summary>True if nobody else reads what one call leaves in a slot than another, so that it need not be stored. (The first may itself have read what was there before.)</summary>
    private bool OnlyReadBy(RecordedCall consumer, Slot slot, RecordedCall producer) =>
        slot.Kind == SlotKind.Temporary && _readers.GetValueOrDefault(slot) == ReadsOf(consumer, slot) + ReadsOf(producer, slot);

    private static int ReadsOf(RecordedCall call, Slot slot) => call.Inputs.Count(input => !input.IsScalar && ReferenceEquals(input.View.Storage, slot));

    /// <summary>True if storing a result and reading it again gives back the very number that was computed.</summary>
    private static bool ExactIn(DType stored, MapKernel kernel, int output)
    {
        if (stored == kernel.Compute) return true;
        if (stored != DType.Bool) return false;
        int value = kernel.Program.Outputs[output] - kernel.Program.InputCount - kernel.Program.Constants.Length;
        return value >= 0 && kernel.Program.Instructions[value].Primitive.Name is "eq" or "ne" or "lt" or "le";
    }

    private static Expr Input(List<KernelInput> inputs, in KernelInput input)
    {
        for (int i = 0; i < inputs.Count; i++)
        {
            if (inputs[i].IsScalar != input.IsScalar) continue;
            if (input.IsScalar ? inputs[i].Scalar == input.Scalar : SamePlace(inputs[i].View, input.View)) return Expr.In(i);
        }
        inputs.Add(input);
        return Expr.In(inputs.Count - 1);
    }

    /// <summary>The outputs of a program as expressions over other inputs.</summary>
    private static Expr[] Formulas(Program program, KernelInput[] inputs, Func<int, Expr> input)
    {
        var values = new Expr[program.InputCount + program.Constants.Length + program.Instructions.Length];
        int at = 0;
        for (int i = 0; i < program.InputCount; i++) values[at++] = i < inputs.Length ? input(i) : 0.0;
        foreach (double constant in program.Constants) values[at++] = constant;
        foreach (var step in program.Instructions)
            values[at++] = step.Primitive.Of(values[step.A], values[step.B], values[step.C]); // those of fewer arguments repeat the first
        return Array.ConvertAll(program.Outputs, o => values[o]);
    }

    /// <summary>
    /// The producer's operands in the shape in which the consumer looks at what was made: the same elements in the same order (another shape), if all
    /// operands are whole tensors or single numbers; or dimensions in another order, left out or added.
    /// </summary>
    private static (View[] Outputs, KernelInput[] Inputs)? Reshaped(RecordedCall producer, in View made, in View seen)
    {
        if (made.Offset != seen.Offset || made.DType != seen.DType || made.Shape.NumElements != seen.Shape.NumElements) return null;
        if (made.IsContiguous && seen.IsContiguous)
        {
            var shape = seen.Shape;
            var outputs = new View[producer.Outputs.Length];
            for (int i = 0; i < outputs.Length; i++)
            {
                if (!producer.Outputs[i].IsContiguous) return Permuted(producer, made, seen);
                outputs[i] = producer.Outputs[i].With(shape);
            }
            var inputs = new KernelInput[producer.Inputs.Length];
            for (int i = 0; i < inputs.Length; i++)
            {
                if (producer.Inputs[i].IsScalar || producer.Inputs[i].View.Shape.NumElements == 1) inputs[i] = producer.Inputs[i].IsScalar ? producer.Inputs[i] : One(producer.Inputs[i].View);
                else if (producer.Inputs[i].View.IsContiguous && producer.Inputs[i].View.Shape.NumElements == shape.NumElements) inputs[i] = producer.Inputs[i].View.With(shape);
                else return Permuted(producer, made, seen);
            }
            return (outputs, inputs);
        }
        return Permuted(producer, made, seen);
    }

    private static View One(in View view) => view.With(Shape.Scalar, [], view.Offset);

    private static (View[] Outputs, KernelInput[] Inputs)? Permuted(RecordedCall producer, in View made, in View seen)
    {
        // Each dimension that is walked in what is seen is one of what was made, found by its stride.
        int rank = seen.Strides.Length;
        var source = new int[rank];
        var used = new HashSet<int>();
        for (int d = 0; d < rank; d++)
        {
            source[d] = -1;
            if (seen.Shape.Sizes[d] == 1) continue;
            for (int m = 0; m < made.Strides.Length; m++)
                if (made.Shape.Sizes[m] == seen.Shape.Sizes[d] && made.Strides[m] == seen.Strides[d] && !used.Contains(m))
                {
                    source[d] = m;
                    used.Add(m);
                    break;
                }
            if (source[d] < 0) return null;
        }
        for (int m = 0; m < made.Strides.Length; m++)
            if (made.Shape.Sizes[m] != 1 && !used.Contains(m)) return null;
        var outputs = new View[producer.Outputs.Length];
        for (int i = 0; i < outputs.Length; i++) outputs[i] = Turned(producer.Outputs[i], made.Strides.Length);
        var inputs = new KernelInput[producer.Inputs.Length];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = producer.Inputs[i].IsScalar ? producer.Inputs[i] : Turned(producer.Inputs[i].View, made.Strides.Length);
        return (outputs, inputs);

        View Turned(in View view, int madeRank)
        {
            var sizes = new long[rank];
            var strides = new long[rank];
            int missing = madeRank - view.Strides.Length;
            for (int d = 0; d < rank; d++)
            {
                int own = source[d] - missing;
                sizes[d] = source[d] < 0 || own < 0 ? 1 : view.Shape.Sizes[own];
                strides[d] = source[d] < 0 || own < 0 ? 0 : view.Strides[own];
            }
            return view.With(Shape.Create(sizes), strides, view.Offset);
        }
    }
}
