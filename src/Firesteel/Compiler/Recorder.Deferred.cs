using System.Runtime.InteropServices;

namespace Firesteel;

/// <content>
/// The recorded kernels run late: when the function is over, before something that C# does beside them, or when somebody looks at what they write. Then it is
/// known what is still needed, so they run fused and in an arena, and a run that is recorded needs as little memory as its replays.
/// </content>
internal sealed partial class Recorder
{
    /// <summary>Less memory than this may as well be made for what nobody needs any more.</summary>
    private const long LittleBytes = 1 << 20;

    /// <summary>Slots that are held while kernels are outstanding that may read them.</summary>
    private readonly List<Slot> _kept = [];
    private readonly List<NativeStorage> _postponed = [];

    /// <summary>Items that ran already.</summary>
    private int _done;

    /// <summary>Memory for a run that is recorded on this thread, null if none is.</summary>
    public static Storage? Deferred(Device device, long byteCount)
    {
        if (t_current is not { } recorder || byteCount < CpuMemory.NativeThreshold || byteCount > CpuBlockPool.MaxBytes) return null;
        var storage = new DeferredStorage(device, byteCount, recorder);
        recorder.Add(storage, SlotKind.Temporary);
        return storage;
    }

    /// <summary>Keeps memory that is given back for the kernels that are outstanding; false if there are none.</summary>
    public static bool Postpone(NativeStorage storage)
    {
        if (t_current is not { } recorder) return false;
        recorder._postponed.Add(storage);
        return true;
    }

    /// <summary>Runs what is outstanding on this thread, for whoever looks at memory or at a generator past the kernels.</summary>
    public static void Flush()
    {
        if (Any) t_current?.Execute();
    }

    /// <summary>Somebody looks at memory that is not there yet.</summary>
    public void Demand(DeferredStorage storage)
    {
        var slot = Find(storage)!;
        for (int i = _done; i < _items.Count; i++)
        {
            if (!Aliasing.Touches(_items[i], slot)) continue;
            Execute();
            return;
        }
        Hold(slot);
    }

    /// <summary>Gives a slot memory that stays until all has run; not one that nobody has any more.</summary>
    private void Hold(Slot slot)
    {
        if (slot.Kind != SlotKind.Temporary || slot.IsGivenBack || !slot.Keep()) return;
        (slot.Held as DeferredStorage)?.Materialize();
        _kept.Add(slot);
    }

    /// <summary>Runs what is outstanding.</summary>
    private unsafe void Execute()
    {
        if (_done == _items.Count) return;
        var current = t_current;
        t_current = null;
        s_flow.Value = null; // host routines may run kernels of their own
        var pins = new List<GCHandle>();
        byte* arena = null;
        long arenaBytes = 0;
        try
        {
            // What nobody can see any more gets no memory.
            if (_slots.Where(static s => s.Kind == SlotKind.Temporary).Sum(static s => s.ByteCount) > LittleBytes)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
            foreach (var slot in _slots) Hold(slot);
            var items = Fusion.Run(_items.Skip(_done));
            arena = CpuMemory.Block(arenaBytes = Math.Max(Arena.Place(items, _slots), 1));
            foreach (var slot in Used(items))
            {
                if (slot.Held?.ManagedArray is { } array) pins.Add(GCHandle.Alloc(array, GCHandleType.Pinned));
                if (slot.Held is null) slot.Place = arena + slot.Offset;
                else
                {
                    fixed (byte* first = &slot.Held.FirstByte) slot.Place = first;
                }
            }
            var patches = new Dictionary<Slot, List<(IPatched, int, View)>>(ReferenceEqualityComparer.Instance);
            foreach (var item in items)
                if (item is RecordedCall) PreparedItem.Of(item, patches).Run();
        }
        finally
        {
            _done = _items.Count;
            foreach (var pin in pins) pin.Free();
            if (arena is not null) CpuMemory.Return(arena, arenaBytes, finalizer: true);
            // The next arena is of another size.
            if (arenaBytes > LittleBytes) Memory.EmptyCache();
            t_current = current;
            s_flow.Value = current;
        }
    }

    private static HashSet<Slot> Used(List<RecordedItem> items)
    {
        var used = new HashSet<Slot>(ReferenceEqualityComparer.Instance);
        foreach (var item in items)
        {
            if (item is not RecordedCall call) continue;
            foreach (ref readonly var output in call.Outputs.AsSpan()) used.Add(RecordedCall.SlotOf(output));
            foreach (ref readonly var input in call.Inputs.AsSpan())
                if (!input.IsScalar) used.Add(RecordedCall.SlotOf(input.View));
        }
        return used;
    }

    /// <summary>After an error in the function: runs what came before.</summary>
    private void Discard()
    {
        try
        {
            Execute();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or NotSupportedException or IndexOutOfRangeException or OutOfMemoryException)
        {
            // The first error is the one to tell.
        }
    }

    /// <summary>All has run: slots are as the run left them.</summary>
    private void Settle()
    {
        // What was asked for and never touched.
        foreach (var slot in _slots) Hold(slot);
        foreach (var slot in _kept) slot.Forget();
        _kept.Clear();
        foreach (var storage in _postponed) storage.Release();
        _postponed.Clear();
    }
}
