using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Firesteel;

/// <summary>Something that a replay does, with everything found out that can be found out before.</summary>
internal abstract unsafe class PreparedItem
{
    public abstract void Run();

    public static PreparedItem Of(RecordedItem item, Dictionary<Slot, List<(IPatched, int, View)>> patches) => item switch
    {
        RecordedCall { Kernel: MapKernel map } call => map.Compute switch
        {
            DType.Float32 => new PreparedMap<float>(call, patches),
            DType.Float64 => new PreparedMap<double>(call, patches),
            _ => new PreparedMap<long>(call, patches),
        },
        RecordedCall { Kernel: ForeachKernel each } call => each.Map.Compute switch
        {
            DType.Float32 => new PreparedForeach<float>(call, patches),
            DType.Float64 => new PreparedForeach<double>(call, patches),
            _ => new PreparedForeach<long>(call, patches),
        },
        RecordedCall { Kernel: MapReduceKernel reduce } call => reduce.Map.Compute switch
        {
            DType.Float32 => new PreparedMapReduce<float>(call, patches),
            DType.Float64 => new PreparedMapReduce<double>(call, patches),
            _ => new PreparedMapReduce<long>(call, patches),
        },
        RecordedCall { Kernel: EpilogueKernel { Map.Compute: DType.Float64 } } call => new PreparedEpilogue<double>(call, patches),
        RecordedCall { Kernel: EpilogueKernel } call => new PreparedEpilogue<float>(call, patches),
        RecordedCall { Kernel: HostKernel host } call => new PreparedHost(call, host, patches),
        RecordedCall call => new PreparedCall(call, patches),
        RecordedAction action => new PreparedAction(action.Action),
        RecordedCopy copy => new PreparedCopy(copy),
        _ => throw new ArgumentException($"{item.GetType().Name} cannot be replayed."),
    };

    /// <summary>The operands of a call, outputs first, with pointers; and the note which of them are to be led to arguments.</summary>
    protected static CpuView[] Views(RecordedCall call, IPatched owner, Dictionary<Slot, List<(IPatched, int, View)>> patches)
    {
        int outputs = call.Outputs.Length;
        var views = new CpuView[outputs + call.Inputs.Length];
        for (int i = 0; i < views.Length; i++)
        {
            if (i >= outputs && call.Inputs[i - outputs].IsScalar)
            {
                views[i] = new CpuView(call.Inputs[i - outputs].Scalar);
                continue;
            }
            var view = i < outputs ? call.Outputs[i] : call.Inputs[i - outputs].View;
            var slot = RecordedCall.SlotOf(view);
            // An argument gets its place when it is bound.
            views[i] = new CpuView(slot.Place, view);
            if (slot.Kind != SlotKind.Input && !slot.IsFresh) continue;
            if (!patches.TryGetValue(slot, out var list)) patches[slot] = list = [];
            list.Add((owner, i, view));
        }
        return views;
    }

    private sealed class PreparedAction(Action action) : PreparedItem
    {
        public override void Run() => action();
    }

    private sealed class PreparedCopy(RecordedCopy copy) : PreparedItem
    {
        private readonly nint _target = (nint)copy.Target.Place;

        public override void Run() =>
            Unsafe.CopyBlockUnaligned(ref Unsafe.AsRef<byte>((byte*)_target), ref MemoryMarshal.GetArrayDataReference(copy.Source), checked((uint)copy.ByteCount));
    }
}

/// <summary>A prepared call some of whose operands are arguments, which lie elsewhere in the next run.</summary>
internal unsafe interface IPatched
{
    /// <summary>An operand is now at this view of a storage that starts here.</summary>
    void Patch(int operand, byte* storage, in View view);
}

/// <summary>A kernel with its operands as pointers.</summary>
internal sealed unsafe class PreparedCall : PreparedItem, IPatched
{
    private readonly Kernel _kernel;
    private readonly CpuView[] _views;
    private readonly int _outputs;

    public PreparedCall(RecordedCall call, Dictionary<Slot, List<(IPatched, int, View)>> patches)
    {
        _kernel = call.Kernel;
        _outputs = call.Outputs.Length;
        _views = Views(call, this, patches);
    }

    public override void Run() => CpuDevice.Dispatch(_kernel, _views.AsSpan(0, _outputs), _views.AsSpan(_outputs));

    public void Patch(int operand, byte* storage, in View view) => _views[operand] = new CpuView(storage, view);
}

/// <summary>Leads the calls of a replay to the memory of an argument.</summary>
internal sealed unsafe class InputBinding(Slot slot, View recorded, bool written, (IPatched Call, int Operand, View View)[] uses)
{
    private byte* _bound;
    private Array? _array;
    private GCHandle _pin;
    private Storage? _staging;

    ~InputBinding()
    {
        if (_pin.IsAllocated) _pin.Free();
    }

    public int Input => slot.Input;

    /// <summary>True if the step writes into the argument.</summary>
    public bool Written => written;

    public void Bind(in View view, HashSet<Storage> own)
    {
        var storage = own.Contains(view.Storage) ? Staged(view) : view.Storage;
        if (storage.ManagedArray is { } array && !ReferenceEquals(array, _array))
        {
            if (_pin.IsAllocated) _pin.Target = array;
            else _pin = GCHandle.Alloc(array, GCHandleType.Pinned);
            _array = array;
        }
        byte* first;
        fixed (byte* p = &storage.FirstByte) first = p;
        // The recorded views count from the start of the recorded storage.
        first += (view.Offset - recorded.Offset) * view.DType.ItemSize();
        if (first == _bound) return;
        _bound = first;
        foreach (ref readonly var use in uses.AsSpan()) use.Call.Patch(use.Operand, first, use.View);
    }

    /// <summary>The argument is a result of the step itself, which is about to write there: a copy.</summary>
    private Storage Staged(in View view)
    {
        _staging ??= view.Storage.Device.Allocate(Math.Max(view.Storage.ByteCount, 1));
        fixed (byte* from = &view.Storage.FirstByte, to = &_staging.FirstByte) System.Buffer.MemoryCopy(from, to, _staging.ByteCount, view.Storage.ByteCount);
        return _staging;
    }
}
