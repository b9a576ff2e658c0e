using static Firesteel.Aliasing;

namespace Firesteel;

/// <content>Kernels for several sets of operands: taken apart, so that each set may become part of something else, and what is left put together.</content>
internal sealed partial class Fusion
{
    /// <summary>Each set is a kernel of its own while others are joined.</summary>
    private void TakeSetsApart()
    {
        for (int i = _items.Count - 1; i >= 0; i--)
        {
            if (_items[i] is not RecordedCall { Kernel: ForeachKernel each } call) continue;
            int made = each.Map.Program.Outputs.Length, sets = each.Sets(call.Outputs.Length);
            var parts = new RecordedItem[sets];
            for (int s = 0; s < sets; s++)
                parts[s] = new RecordedCall(each.Map, call.Outputs[(s * made)..((s + 1) * made)], [.. call.Inputs.AsSpan(s * each.Own, each.Own), .. call.Inputs.AsSpan(sets * each.Own)]) { Where = call.Where, SetOf = call };
            _items.RemoveAt(i);
            _items.InsertRange(i, parts);
        }
    }

    /// <summary>Other sets than those of one recorded kernel are looked for so near.</summary>
    private const int NearbySets = 48;

    /// <summary>
    /// One kernel for pointwise ones that compute the same from other operands, where nothing in between stands in the way: sets that were recorded as one, and small ones, of which
    /// a call costs as much as the work.
    /// </summary>
    private void PutSetsTogether()
    {
        for (int i = 0; i < _items.Count; i++)
        {
            if (_items[i] is not RecordedCall { Kernel: MapKernel kernel } first) continue;
            List<RecordedCall>? sets = null;
            bool[] shared = [];
            for (int j = i + 1; j < _items.Count; j++)
            {
                if (_items[j] is not RecordedCall { Kernel: MapKernel other } call) continue;
                bool recorded = first.SetOf is not null && ReferenceEquals(call.SetOf, first.SetOf);
                if (!recorded && (j > i + NearbySets || !IsSmall(first) || !IsSmall(call))) continue;
                if (!KernelText.Same(kernel, other) || call.Outputs.Length != first.Outputs.Length || call.Inputs.Length != first.Inputs.Length) continue;
                // Made earlier than it was, it must not occupy memory for longer.
                if (!recorded && Array.Exists(call.Outputs, static o => RecordedCall.SlotOf(o).Kind == SlotKind.Temporary)) continue;
                bool[] same = SharedInputs(first, call, kernel.Compute);
                if (sets is not null && !same.AsSpan().SequenceEqual(shared)) continue;
                if (!CanMove(call, i + 1, j) || Conflict(first, call) || (sets?.Exists(set => Conflict(set, call)) ?? false)) continue;
                shared = same;
                (sets ??= [first]).Add(call);
                _items[j] = null;
            }
            if (sets is not null) _items[i] = Together(kernel, sets, shared);
        }
    }

    private static bool IsSmall(RecordedCall call) => call.Outputs[0].Shape.NumElements <= CpuMap.Grain;

    /// <summary>The inputs that are one number, the same for both.</summary>
    private static bool[] SharedInputs(RecordedCall a, RecordedCall b, DType compute)
    {
        var shared = new bool[a.Inputs.Length];
        for (int k = 0; k < shared.Length; k++)
        {
            ref readonly var x = ref a.Inputs[k];
            ref readonly var y = ref b.Inputs[k];
            shared[k] = x.IsScalar ? y.IsScalar && x.Scalar == y.Scalar
                : compute != DType.Int64 && !y.IsScalar && x.View.Shape.NumElements == 1 && x.View.DType.IsFloatingPoint() && SamePlace(x.View, y.View);
        }
        return shared;
    }

    private static RecordedCall Together(MapKernel kernel, List<RecordedCall> sets, bool[] shared)
    {
        // The shared inputs come last.
        int own = 0, behind = shared.Count(static s => !s);
        var place = new Expr[shared.Length];
        for (int k = 0; k < place.Length; k++) place[k] = Expr.In(shared[k] ? behind++ : own++);
        bool inOrder = true;
        for (int k = 0; k < own; k++) inOrder &= !shared[k];
        var map = inOrder ? kernel : new Program(place.Length, Formulas(kernel.Program, sets[0].Inputs, k => place[k])).KernelFor(kernel.Compute);
        var inputs = new List<KernelInput>();
        foreach (var set in sets)
            for (int k = 0; k < shared.Length; k++)
                if (!shared[k]) inputs.Add(set.Inputs[k]);
        for (int k = 0; k < shared.Length; k++)
            if (shared[k]) inputs.Add(sets[0].Inputs[k]);
        return new RecordedCall(new ForeachKernel(map, own), [.. sets.SelectMany(static s => s.Outputs)], [.. inputs])
        {
            Fused = sets.Sum(static s => s.Fused), Where = sets[0].Where, Apart = sets.Select(static s => s.Apart).FirstOrDefault(static a => a is not null),
        };
    }
}
