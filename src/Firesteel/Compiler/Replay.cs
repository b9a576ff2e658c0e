using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Firesteel;

/// <summary>A recording made ready to run: memory placed, pointers known. Running it allocates nothing.</summary>
internal sealed unsafe class Replay
{
    private readonly Recording _recording;
    private readonly PreparedItem[] _items;
    private readonly Guard[] _guards;
    private readonly InputBinding[] _bindings;
    private readonly (InputGuard Guard, Slot Slot)[] _inputs;
    private readonly (Tensor Leaf, Tensor? Before)[] _gradientsBefore;
    private readonly (Tensor Leaf, Tensor? After)[] _gradientsAfter;
    private readonly (int Input, Tensor? After)[] _inputGradients;
    private readonly Storage[] _written;

    /// <summary>Results that are views of arguments: in each run of the present one.</summary>
    private readonly (Tensor Result, int Input, View Recorded, long Offset)[] _looksAtInput;
    private readonly (Storage Storage, nint Address)[] _natives;
    private readonly HashSet<Storage> _own = new(ReferenceEqualityComparer.Instance);
    private readonly List<GCHandle> _pins = [];
    private readonly Storage _arena;
    private readonly InputBinding[] _freshBindings;
    private readonly long[] _freshBytes;

    /// <summary>Finds out what memory somebody still has, which is where replays write to, and makes a recording ready to run, with temporaries in one of these arenas if it is large enough.</summary>
    public static Replay Of(Recording recording, IEnumerable<Tensor> results, IEnumerable<Storage> arenas)
    {
        GC.Collect();
        foreach (var slot in recording.Slots)
            if (slot.Kind == SlotKind.Temporary) slot.Keep();
        // What the recorded runs left behind is of no use any more: back to the system, before the arena is asked for.
        GC.WaitForPendingFinalizers();
        Memory.EmptyCache();
        return Made(recording, results, arenas);
    }

    /// <summary>The same for a recording of which nobody has anything but what is fresh.</summary>
    public static Replay OfOwn(Recording recording, string note) => Made(recording, [], [], note);

    private static Replay Made(Recording recording, IEnumerable<Tensor> results, IEnumerable<Storage> arenas, params string[] notes)
    {
        int recorded = recording.Items.OfType<RecordedCall>().Count();
        var said = new List<string>(notes);
        return new Replay(recording, Fusion.Run(recording.Items, said), results, arenas) { RecordedCalls = recorded, Notes = said };
    }

    private Replay(Recording recording, IReadOnlyList<RecordedItem> items, IEnumerable<Tensor> results, IEnumerable<Storage> arenas)
    {
        _recording = recording;
        Items = items;
        ArenaBytes = Arena.Place(items, recording.Slots);
        _arena = arenas.Where(storage => storage.ByteCount >= ArenaBytes).MinBy(static storage => storage.ByteCount) ?? Device.Cpu.Allocate(Math.Max(ArenaBytes, 1));
        KeptBytes = recording.Slots.Where(static s => s.Kind == SlotKind.Kept && !s.IsFresh).Sum(static s => s.ByteCount);
        byte* arena = Pinned(_arena);
        var natives = new List<(Storage, nint)>();
        var written = new HashSet<Slot>(ReferenceEqualityComparer.Instance);
        var used = new HashSet<Slot>(ReferenceEqualityComparer.Instance);
        foreach (var item in items)
        {
            if (item is RecordedCopy copy) { used.Add(copy.Target); written.Add(copy.Target); }
            if (item is not RecordedCall call) continue;
            foreach (ref readonly var view in call.Outputs.AsSpan()) { used.Add(RecordedCall.SlotOf(view)); written.Add(RecordedCall.SlotOf(view)); }
            foreach (ref readonly var input in call.Inputs.AsSpan())
                if (!input.IsScalar) used.Add(RecordedCall.SlotOf(input.View));
        }
        foreach (var slot in used)
        {
            if (slot.Kind == SlotKind.Temporary) slot.Place = arena + slot.Offset;
            else if (slot.Kind != SlotKind.Input && !slot.IsFresh)
            {
                _own.Add(slot.Held!);
                slot.Place = Pinned(slot.Held!);
                if (slot.Held!.ManagedArray is null) natives.Add((slot.Held!, (nint)slot.Place));
            }
        }
        _natives = [.. natives];
        _written = [.. written.Where(static s => s.Kind is SlotKind.External or SlotKind.Kept && !s.IsFresh).Select(static s => s.Held!)];
        _inputs = [.. recording.Inputs.Select(guard => (guard, recording.Recorder.Find(guard.Layout.Storage)!))];
        _items = new PreparedItem[items.Count];
        Times = new double[items.Count];
        var patches = new Dictionary<Slot, List<(IPatched, int, View)>>(ReferenceEqualityComparer.Instance);
        for (int i = 0; i < _items.Length; i++) _items[i] = PreparedItem.Of(items[i], patches);
        _bindings = [.. recording.Slots.Where(slot => slot.Kind == SlotKind.Input && used.Contains(slot)).Select(slot => new InputBinding(slot, recording.Inputs[slot.Input].Layout, written.Contains(slot), [.. patches.GetValueOrDefault(slot, [])]))];
        _freshBindings = [.. recording.Slots.Where(static slot => slot.IsFresh).Select(slot => new InputBinding(slot, new View(slot, 0, Shape.Scalar, DType.UInt8), true, [.. patches.GetValueOrDefault(slot, [])]))];
        Fresh = new Storage[_freshBindings.Length];
        _freshBytes = [.. recording.Slots.Where(static slot => slot.IsFresh).Select(static slot => slot.ByteCount)];
        _guards = [.. recording.Guards];
        _looksAtInput = [.. results.Select(result => (result, recording.Recorder.Find(result.Layout.Storage), result.Layout)).Where(static r => r.Item2 is { Kind: SlotKind.Input }).Select(r => (r.result, r.Item2!.Input, r.Layout, recording.Inputs[r.Item2.Input].Layout.Offset))];

        List<(Tensor, Tensor?)> before = [], after = [];
        List<(int, Tensor?)> ofInputs = [];
        foreach (var (leaf, use) in recording.Recorder.Gradients)
        {
            if (recording.Passing.Contains(leaf)) continue;
            int input = Array.FindIndex(recording.Inputs, guard => ReferenceEquals(guard.Tensor, leaf));
            if (use.Read) before.Add((leaf, use.Before));
            if (!use.Written) continue;
            if (input >= 0)
            {
                ofInputs.Add((input, use.After));
                if (use.After is not null && ReferenceEquals(leaf.CurrentGrad, use.After)) leaf.CurrentGrad = use.After.Detach().Clone();
            }
            else after.Add((leaf, use.After));
        }
        (_gradientsBefore, _gradientsAfter, _inputGradients) = ([.. before], [.. after], [.. ofInputs]);
    }

    ~Replay()
    {
        foreach (var pin in _pins)
            if (pin.IsAllocated) pin.Free();
    }

    /// <summary>What runs, in order.</summary>
    public IReadOnlyList<RecordedItem> Items { get; }

    public Recording Recording => _recording;

    /// <summary>Bytes of all temporaries together.</summary>
    public long ArenaBytes { get; }

    /// <summary>Where temporaries lie; other captures of the function, of which one runs at a time, may use it too.</summary>
    public Storage ArenaStorage => _arena;

    /// <summary>Bytes of results, gradients, and what is saved for a backward of the caller.</summary>
    public long KeptBytes { get; }

    /// <summary>How many kernels the recorded run had.</summary>
    public int RecordedCalls { get; init; }

    /// <summary>The memory that the last run made for whoever gets its results, in the order of the slots.</summary>
    public Storage[] Fresh { get; }

    /// <summary>What to say in reports beside the table.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The least time of each item in microseconds; 0 before the first run.</summary>
    public double[] Times { get; private set; } = [];

    /// <summary>How often it ran.</summary>
    public long Runs { get; private set; }

    /// <summary>True if a run with these arguments would do what was recorded.</summary>
    public bool Fits(ReadOnlySpan<Tensor> inputs)
    {
        if (inputs.Length != _inputs.Length) return false;
        for (int i = 0; i < inputs.Length; i++)
        {
            ref readonly var input = ref _inputs[i];
            if (!input.Guard.Fits(inputs, i)) return false;
            if (input.Slot.Kind != SlotKind.Input)
            {
                if (!ReferenceEquals(inputs[i].Layout.Storage, input.Slot.Held) || inputs[i].Layout.Offset != input.Guard.Layout.Offset) return false;
            }
        }
        foreach (var binding in _bindings)
            if (binding.Written && _own.Contains(inputs[binding.Input].Layout.Storage)) return false;
        foreach (var guard in _guards)
            if (!guard.Holds()) return false;
        foreach (ref readonly var gradient in _gradientsBefore.AsSpan())
            if (!ReferenceEquals(Leaf(gradient.Leaf, inputs).CurrentGrad, gradient.Before)) return false;
        foreach (ref readonly var native in _natives.AsSpan())
            if (native.Storage.Address != native.Address) return false;
        return true;
    }

    /// <summary>The first condition that does not hold for these arguments.</summary>
    public string? Misfit(ReadOnlySpan<Tensor> inputs)
    {
        if (inputs.Length != _inputs.Length) return $"{inputs.Length} arguments instead of {_inputs.Length}";
        for (int i = 0; i < inputs.Length; i++)
        {
            if (!_inputs[i].Guard.Fits(inputs, i)) return $"argument {i} is {inputs[i].DType.Name()} {OperationError.Text(inputs[i].Shape)}, captured for {_inputs[i].Guard.Text()}";
            if (_inputs[i].Slot.Kind != SlotKind.Input && !ReferenceEquals(inputs[i].Layout.Storage, _inputs[i].Slot.Held)) return $"argument {i} is another tensor, and the function uses the captured one from elsewhere too";
        }
        foreach (var guard in _guards)
            if (!guard.Holds()) return guard.Change();
        foreach (var (leaf, before) in _gradientsBefore)
            if (!ReferenceEquals(Leaf(leaf, inputs).CurrentGrad, before)) return before is null ? "a gradient is there that was not when captured" : leaf.CurrentGrad is null ? "a gradient is missing that was there when captured" : "a gradient is another tensor";
        foreach (var native in _natives)
            if (native.Storage.Address != native.Address) return "memory of a tensor was given back";
        return null;
    }

    private Tensor Leaf(Tensor leaf, ReadOnlySpan<Tensor> inputs)
    {
        for (int i = 0; i < _inputs.Length; i++)
            if (ReferenceEquals(_inputs[i].Guard.Tensor, leaf)) return inputs[i];
        return leaf;
    }

    /// <summary>Does again what was recorded.</summary>
    public void Run(ReadOnlySpan<Tensor> inputs)
    {
        foreach (var binding in _bindings) binding.Bind(inputs[binding.Input].Layout, _own);
        for (int i = 0; i < Fresh.Length; i++)
        {
            Fresh[i] = Device.Cpu.Allocate(_freshBytes[i]);
            _freshBindings[i].Bind(new View(Fresh[i], 0, Shape.Scalar, DType.UInt8), _own);
        }
        if (IsTimed(Runs)) RunTimed();
        else foreach (var item in _items) item.Run();
        foreach (ref readonly var gradient in _gradientsAfter.AsSpan()) gradient.Leaf.CurrentGrad = gradient.After;
        foreach (ref readonly var look in _looksAtInput.AsSpan())
        {
            ref readonly var input = ref inputs[look.Input].Layout;
            look.Result.Layout = new View(input.Storage, look.Recorded.Offset + input.Offset - look.Offset, look.Recorded.Shape, look.Recorded.Strides, look.Recorded.DType);
        }
        // An argument keeps its gradient when the next one comes: its own copy.
        foreach (ref readonly var gradient in _inputGradients.AsSpan()) inputs[gradient.Input].CurrentGrad = gradient.After is { } grad ? grad.Detach().Clone() : null;
        foreach (var storage in _written) storage.Bump("a captured step");
        foreach (var binding in _bindings)
            if (binding.Written) inputs[binding.Input].Layout.Storage.Bump("a captured step");
        for (int i = 0; i < inputs.Length; i++) GC.KeepAlive(inputs[i]);
        Runs++;
    }

    /// <summary>Leaves the memory of the results to whoever has them.</summary>
    public void ForgetFresh() => Array.Clear(Fresh);

    /// <summary>True if a run writes to a storage that lasts.</summary>
    public bool Writes(Storage storage) => Array.IndexOf(_written, storage) >= 0;

    /// <summary>The first runs, so that there is something to report of a step that takes seconds; then ever fewer, since the clock itself takes longer than a small kernel.</summary>
    private static bool IsTimed(long run) => run < 4 || (run < 64 ? System.Numerics.BitOperations.IsPow2(run) : (run & 63) == 40);

    private void RunTimed()
    {
        for (int i = 0; i < _items.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            _items[i].Run();
            double time = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            Times[i] = Times[i] == 0 ? time : Math.Min(Times[i], time);
        }
    }

    private byte* Pinned(Storage storage)
    {
        if (storage.ManagedArray is { } array) _pins.Add(GCHandle.Alloc(array, GCHandleType.Pinned));
        fixed (byte* first = &storage.FirstByte) return first;
    }
}
