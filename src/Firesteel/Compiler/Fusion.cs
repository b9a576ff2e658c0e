using static Firesteel.Aliasing;

namespace Firesteel;

/// <summary>
/// Rewrites a recording to fewer kernels that compute the same bits: numbers in place of tensors filled with one number, pointwise kernels joined
/// to one, equal work done once, work that nobody reads left out.
/// </summary>
internal sealed class Fusion
{
    private const int MostInputs = 24, MostOutputs = 16, MostInstructions = 96;

    private readonly List<RecordedItem?> _items;
    private readonly Dictionary<Slot, int> _readers = new(ReferenceEqualityComparer.Instance);

    private Fusion(IEnumerable<RecordedItem> items) => _items = [.. items];

    /// <summary>Off in tests that compare with what was recorded.</summary>
    internal static bool Enabled { get; set; } = true;

    public static List<RecordedItem> Run(IReadOnlyList<RecordedItem> items)
    {
        if (!Enabled) return [.. items];
        var fusion = new Fusion(items);
        fusion.FoldNumbers();
        fusion.OuterProducts();
        fusion.ShareEqualWork();
        fusion.RemoveUnread();
        fusion.JoinMaps();
        fusion.ForwardCopies();
        fusion.RemoveUnread();
        return [.. fusion._items.OfType<RecordedItem>()];
    }

    // ---- numbers ----

    /// <summary>A temporary that is filled with one number and never written again is that number to whoever reads it.</summary>
    private void FoldNumbers()
    {
        var writes = CountWrites();
        for (int i = 0; i < _items.Count; i++)
        {
            if (_items[i] is not RecordedCall { Kernel: MapKernel { Program: { Instructions.Length: 0, Outputs: [0] } } } fill || fill.Inputs is not [{ IsScalar: true }]) continue;
            var slot = RecordedCall.SlotOf(fill.Outputs[0]);
            if (slot.Kind != SlotKind.Temporary || writes[slot] != 1 || !CoversSlot(fill.Outputs[0])) continue;
            KernelInput number = Rounded(fill.Inputs[0].Scalar, fill.Outputs[0].DType);
            for (int k = i + 1; k < _items.Count; k++)
            {
                if (_items[k] is not RecordedCall { Kernel: MapKernel } call) continue;
                for (int a = 0; a < call.Inputs.Length; a++)
                    if (!call.Inputs[a].IsScalar && ReferenceEquals(call.Inputs[a].View.Storage, slot)) call.Inputs[a] = number;
            }
        }
    }

    /// <summary>What a number is once stored in a dtype.</summary>
    private static Scalar Rounded(Scalar number, DType dtype) => dtype switch
    {
        DType.Float64 => number.AsDouble,
        DType.Float32 => (double)(float)number.AsDouble,
        DType.Float16 => (double)(Half)number.AsDouble,
        DType.BFloat16 => (double)(float)(BFloat16)(float)number.AsDouble,
        DType.Bool => number.AsBool,
        DType.Int32 => (long)(int)number.AsLong,
        DType.Int16 => (long)(short)number.AsLong,
        DType.Int8 => (long)(sbyte)number.AsLong,
        DType.UInt8 => (long)(byte)number.AsLong,
        _ => number.AsLong,
    };

    // ---- products of depth one ----

    private static readonly Expr s_product = Primitive.Add.Of(Expr.In(0) * Expr.In(1), 0);
    private static readonly Program s_outer = new(2, s_product), s_outerOnto = new(3, s_product + Expr.In(2));

    /// <summary>A matrix product over a dimension of size 1 is a pointwise one, which can be joined to others. It adds to zero, as the product does.</summary>
    private void OuterProducts()
    {
        for (int i = 0; i < _items.Count; i++)
        {
            if (_items[i] is not RecordedCall { Kernel: MatMulKernel } call) continue;
            View a = call.Inputs[0].View, b = call.Inputs[1].View;
            if (a.Shape[^1] != 1 || call.Outputs[0].DType is not (DType.Float32 or DType.Float64)) continue;
            if (call.Inputs.Length == 2) _items[i] = new RecordedCall(s_outer.KernelFor(call.Outputs[0].DType), call.Outputs, [a, b]) { Where = call.Where };
            else if (call.Outputs[0].Shape[^1] > 1 && call.Outputs[0].Shape[^2] > 1)
                _items[i] = new RecordedCall(s_outerOnto.KernelFor(call.Outputs[0].DType), call.Outputs, [a, b, call.Inputs[2].View]) { Where = call.Where };
        }
    }

    // ---- equal work ----

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
            if (call.Kernel is RandomKernel || call.Outputs.Length != 1) continue;
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

    // ---- what nobody reads ----

    private void RemoveUnread()
    {
        CountReaders();
        for (int i = _items.Count - 1; i >= 0; i--)
        {
            if (_items[i] is not RecordedCall call || call.Kernel is RandomKernel) continue;
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

    // ---- copies ----

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

    // ---- pointwise kernels ----

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
                    int i = j - 1;
                    while (i >= 0 && !(_items[i] is { } item && Writes(item, slot))) i--;
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
            if (target.Kind == SlotKind.Temporary && _readers.GetValueOrDefault(target) == consumer.Inputs.Count(input => !input.IsScalar && ReferenceEquals(input.View.Storage, target))) continue;
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
            return view.With(new Shape(sizes), strides, view.Offset);
        }
    }

    // ---- order ----

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
