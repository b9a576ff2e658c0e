using static Firesteel.Aliasing;

namespace Firesteel;

/// <content>Values that are computed again for backward instead of being kept all the time.</content>
internal sealed partial class Fusion
{
    /// <summary>What the last cache holds: as long as all temporaries fit in there, storing one costs less than computing it again.</summary>
    internal static long CacheBytes { get; set; } = 32 << 20;

    /// <summary>Values smaller than this are not worth a kernel.</summary>
    private const long SmallestBytes = 64 << 10;

    private const int MostAgainInstructions = 24, MostDepth = 3;

    /// <summary>An input may be kept for so many items longer than it would be.</summary>
    private const int Slack = 4;

    private Dictionary<Slot, (int First, int Last)> _spans = null!;
    private Dictionary<Slot, List<int>> _writes = null!;

    /// <summary>
    /// A pointwise value that is read early and then late, and lies in memory when there is least of it, is computed again before it is read late, if what it is
    /// computed from is there anyway. So do normalizations, which are pointwise once mean and deviation are known.
    /// </summary>
    private void ComputeAgain()
    {
        _spans = Lifetimes();
        _writes = new(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < _items.Count; i++)
        {
            if (_items[i] is RecordedCopy copy) Noted(_writes, copy.Target, i);
            if (_items[i] is not RecordedCall call) continue;
            foreach (ref readonly var output in call.Outputs.AsSpan()) Noted(_writes, RecordedCall.SlotOf(output), i);
        }
        var (peak, bytes) = Peak();
        if (bytes <= CacheBytes) return;
        var inserted = new SortedDictionary<int, List<RecordedCall>>();
        var needed = new HashSet<Slot>(ReferenceEqualityComparer.Instance);
        int values = 0;
        long saved = 0;
        for (int i = peak; i >= 0; i--)
        {
            if (_items[i] is not RecordedCall call) continue;
            for (int o = 0; o < call.Outputs.Length; o++)
            {
                var made = call.Outputs[o];
                var slot = RecordedCall.SlotOf(made);
                if (slot.Kind != SlotKind.Temporary || slot.ByteCount < SmallestBytes || _writes[slot].Count != 1 || !CoversSlot(made) || needed.Contains(slot) || _spans[slot].Last <= peak) continue;
                int late = peak + 1;
                while (_items[late] is not { } item || !Touches(item, slot)) late++;
                var inputs = new List<KernelInput>();
                var again = new Again(this, late, made.Shape, inputs);
                if (again.Of(call, o, i, 0) is not { } formula || inputs.Count > MostInputs) continue;
                var program = new Program(inputs.Count, formula);
                if (program.Instructions.Length is 0 or > MostAgainInstructions || !inputs.Exists(static input => !input.IsScalar)) continue;
                var copy = new Slot(slot.Device, slot.ByteCount, -1);
                for (int k = late; k <= _spans[slot].Last; k++)
                    if (_items[k] is RecordedCall reader) Redirect(reader, slot, copy);
                foreach (var input in inputs)
                    if (!input.IsScalar) needed.Add(RecordedCall.SlotOf(input.View));
                if (!inserted.TryGetValue(late, out var list)) inserted[late] = list = [];
                list.Add(new RecordedCall(program.KernelFor(made.DType), [Moved(made, copy)], [.. inputs]) { Where = call.Where, IsAgain = true });
                int last = i;
                for (int k = i; k <= peak; k++)
                    if (_items[k] is { } item && Touches(item, slot)) last = k;
                _spans[slot] = (i, last);
                values++;
                saved += slot.ByteCount;
            }
        }
        foreach (var (at, list) in inserted.Reverse()) _items.InsertRange(at, list);
        if (values > 0) _notes?.Add($"computed again for backward, so as not to be kept: {values} values of {saved >> 20} MB");

        static void Redirect(RecordedCall reader, Slot from, Slot to)
        {
            for (int a = 0; a < reader.Inputs.Length; a++)
                if (!reader.Inputs[a].IsScalar && ReferenceEquals(reader.Inputs[a].View.Storage, from)) reader.Inputs[a] = Moved(reader.Inputs[a].View, to);
        }
    }

    private static void Noted(Dictionary<Slot, List<int>> lists, Slot slot, int i)
    {
        if (!lists.TryGetValue(slot, out var list)) lists[slot] = list = [];
        if (list.Count == 0 || list[^1] != i) list.Add(i);
    }

    /// <summary>The item during which temporaries take most memory, and how much.</summary>
    private (int Item, long Bytes) Peak()
    {
        long[] change = new long[_items.Count + 1];
        foreach (var (slot, span) in _spans)
        {
            if (slot.Kind != SlotKind.Temporary) continue;
            change[span.First] += slot.ByteCount;
            change[span.Last + 1] -= slot.ByteCount;
        }
        var (item, bytes, live) = (0, 0L, 0L);
        for (int i = 0; i < _items.Count; i++)
        {
            live += change[i];
            if (live > bytes) (item, bytes) = (i, live);
        }
        return (item, bytes);
    }

    /// <summary>Puts together the formula of a value in terms of what is there at a later item.</summary>
    private readonly ref struct Again(Fusion fusion, int at, Shape shape, List<KernelInput> inputs)
    {
        private readonly Fusion _fusion = fusion;
        private readonly int _at = at;
        private readonly Shape _shape = shape;
        private readonly List<KernelInput> _inputs = inputs;

        /// <summary>An output of a call, null if it cannot be computed again.</summary>
        public Expr? Of(RecordedCall call, int output, int item, int depth)
        {
            var made = call.Outputs[output];
            if (made.DType is not (DType.Float32 or DType.Float64) || !made.Shape.Equals(_shape)) return null;
            switch (call.Kernel)
            {
                case MapKernel map when map.Compute == made.DType:
                    return Program(map, call.Inputs, output, item, depth);
                case MapReduceKernel { Map: var map } when output > 0 && map.Compute == made.DType:
                    return Program(map, call.Inputs, output, item, depth);
                case EpilogueKernel { Kept: true, Map: var map } both when output > 0 && map.Compute == made.DType:
                    return Value(call.Outputs[0].With(_shape), item + 1, depth) is { } product ? Program(map, [call.Outputs[0], .. call.Inputs.AsSpan(both.ProductInputs)], output - 1, item, depth, product) : null;
                case FusedKernel { Op: FusedOp.BatchNorm } when output == 0 && call.Inputs is [{ IsScalar: false }, { IsScalar: false }, { IsScalar: false }, ..]:
                    return BatchNorm(call, item, depth);
                case FusedKernel { Op: FusedOp.LayerNorm, Dim: var dim } when output == 0 && call.Inputs is [{ IsScalar: false }, { IsScalar: false }, { IsScalar: false }, ..]:
                    return LayerNorm(call, dim, item, depth);
                default:
                    return null;
            }
        }

        private Expr? Program(MapKernel map, KernelInput[] inputs, int output, int item, int depth, Expr? first = null)
        {
            var values = new Expr?[inputs.Length];
            for (int k = 0; k < values.Length; k++)
                if ((values[k] = k == 0 && first is not null ? first : Value(inputs[k], item, depth)) is null) return null;
            return Formulas(map.Program, inputs, k => values[k]!)[output];
        }

        /// <summary>(x - mean) (deviation^-1 weight) + bias, as the kernel does it.</summary>
        private Expr? BatchNorm(RecordedCall call, int item, int depth)
        {
            var channels = new long[_shape.Length - 1];
            Array.Fill(channels, 1);
            channels[0] = _shape[1];
            var perChannel = Shape.Create(channels);
            if (Value(call.Inputs[0], item, depth) is not { } x || Value(call.Inputs[1].View.With(perChannel), item, depth) is not { } weight || Value(call.Inputs[2].View.With(perChannel), item, depth) is not { } bias) return null;
            if (Value(call.Outputs[1].With(perChannel), item + 1, depth) is not { } mean || Value(call.Outputs[2].With(perChannel), item + 1, depth) is not { } rstd) return null;
            return Primitive.Add.Of(Primitive.Mul.Of(Primitive.Sub.Of(x, mean), Primitive.Mul.Of(rstd, weight)), bias);
        }

        /// <summary>(x - mean) deviation^-1 weight + bias, as the kernel does it.</summary>
        private Expr? LayerNorm(RecordedCall call, int dim, int item, int depth)
        {
            var rows = new long[_shape.Length];
            for (int d = 0; d < rows.Length; d++) rows[d] = d < dim ? _shape[d] : 1;
            var perRow = Shape.Create(rows);
            if (Value(call.Inputs[0], item, depth) is not { } x || Value(call.Inputs[1], item, depth) is not { } weight || Value(call.Inputs[2], item, depth) is not { } bias) return null;
            if (Value(call.Outputs[1].With(perRow), item + 1, depth) is not { } mean || Value(call.Outputs[2].With(perRow), item + 1, depth) is not { } rstd) return null;
            return Primitive.Add.Of(Primitive.Mul.Of(Primitive.Mul.Of(Primitive.Sub.Of(x, mean), rstd), weight), bias);
        }

        /// <summary>What an item read: it is still there, or it is computed again as well.</summary>
        private Expr? Value(KernelInput input, int item, int depth)
        {
            if (input.IsScalar) return Input(_inputs, input);
            var slot = RecordedCall.SlotOf(input.View);
            var writes = _fusion._writes.GetValueOrDefault(slot);
            int at = _at;
            if (slot.Kind == SlotKind.External && IsHostNumbers(slot)) return null;
            if (writes is null || !writes.Exists(k => k >= item && k < at))
            {
                if (slot.Kind != SlotKind.Temporary || _fusion._spans[slot].Last >= _at - Slack) return Input(_inputs, input);
            }
            if (depth == MostDepth || slot.Kind != SlotKind.Temporary || writes is not [var maker] || maker >= item || _fusion._items[maker] is not RecordedCall call) return null;
            int output = Array.FindIndex(call.Outputs, o => ReferenceEquals(o.Storage, slot));
            if (!SamePlace(call.Outputs[output], input.View)) return null;
            return Of(call, output, maker, depth + 1);
        }
    }
}
