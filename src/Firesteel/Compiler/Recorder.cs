using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Firesteel;

/// <summary>
/// Notes what one run of a function does below autograd, while it runs as always: kernel calls, gradients that were set, numbers that
/// optimizers computed; and what the run depended on, which <see cref="Guard"/>s check before the recording is used again.
/// </summary>
internal sealed partial class Recorder
{
    private static int s_recorders;

    [ThreadStatic]
    private static Recorder? t_current;

    /// <summary>Follows work that the function gives to other threads, where kernels would go unnoticed.</summary>
    private static readonly AsyncLocal<Recorder?> s_flow = new();

    private readonly ConditionalWeakTable<Storage, Slot> _known = [];
    private readonly List<Slot> _slots = [];
    private readonly List<RecordedItem> _items = [];
    private readonly Dictionary<Tensor, GradientUse> _gradients = new(ReferenceEqualityComparer.Instance);
    private readonly List<Tensor> _rewritten = [];
    private int _quiet;

    /// <summary>The module that made the node which backward is at.</summary>
    private string? _gradientOf;

    /// <summary>False as long as nobody records, which is all that eager code asks.</summary>
    public static bool Any => s_recorders != 0;

    /// <summary>The recorder of this thread.</summary>
    public static Recorder? Current => s_recorders == 0 ? null : t_current;

    public IReadOnlyList<Slot> Slots => _slots;

    public List<RecordedItem> Items => _items;

    public IReadOnlyDictionary<Tensor, GradientUse> Gradients => _gradients;

    public Watcher Watcher { get; } = new();

    /// <summary>Nodes of the graph that are younger were made by the run.</summary>
    public long Since { get; } = Node.Latest;

    /// <summary>Tensors from outside that were written to and have a history from that.</summary>
    public IReadOnlyList<Tensor> Rewritten => _rewritten;

    public Recorder(ReadOnlySpan<Tensor> inputs)
    {
        for (int i = 0; i < inputs.Length; i++)
        {
            var storage = inputs[i].Layout.Storage;
            if (_known.TryGetValue(storage, out _)) continue;
            Add(storage, SlotKind.Input).Input = i;
        }
    }

    /// <summary>Calls a function and notes what it does.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public T Record<T>(Func<T> function)
    {
        Interlocked.Increment(ref s_recorders);
        t_current = this;
        s_flow.Value = this;
        try
        {
            var result = function();
            Execute();
            return result;
        }
        catch
        {
            // What came before the error happened, as it would have without recording.
            Discard();
            throw;
        }
        finally
        {
            s_flow.Value = null;
            t_current = null;
            Settle();
            Interlocked.Decrement(ref s_recorders);
        }
    }

    // ---- what happens below ----

    public static void NoteAllocation(Storage storage)
    {
        if (t_current is { } recorder) recorder.Add(storage, SlotKind.Temporary);
    }

    /// <summary>Notes a kernel, to be run later; false if it is to be run now.</summary>
    public static bool NoteCall(in KernelCall call)
    {
        if (t_current is { } recorder)
        {
            recorder.Note(call);
            return true;
        }
        if (s_flow.Value is not null)
            throw new InvalidOperationException($"A function that is being captured started work on another thread ({call.Kernel.GetType().Name}), which a captured step cannot follow. Do tensor operations on the thread that calls Run, or leave that part out of the function.");
        return false;
    }

    /// <summary>A copy from C# memory into a fresh tensor; null for memory that cannot be looked at again.</summary>
    public static void NoteHostCopy(Storage target, Array? source, ReadOnlySpan<byte> bytes)
    {
        if (t_current is not { } recorder) return;
        var slot = recorder.SlotOf(target);
        slot.HostWritten = true;
        recorder.Hold(slot);
        recorder._items.Add(new RecordedCopy(slot, source ?? bytes.ToArray(), target.ByteCount, source is null));
    }

    private void Note(in KernelCall call)
    {
        CheckIndices(call);
        var outputs = new View[call.Outputs.Length];
        for (int i = 0; i < outputs.Length; i++) outputs[i] = Recorded(call.Outputs[i]);
        var inputs = new KernelInput[call.Inputs.Length];
        for (int i = 0; i < inputs.Length; i++) inputs[i] = call.Inputs[i].IsScalar ? call.Inputs[i] : Recorded(call.Inputs[i].View);
        _items.Add(new RecordedCall(call.Kernel, outputs, inputs) { Where = Where });
    }

    private View Recorded(in View view) => new(SlotOf(view.Storage), view.Offset, view.Shape, view.Strides, view.DType);

    private Slot SlotOf(Storage storage) => _known.TryGetValue(storage, out var slot) ? slot : Add(storage, SlotKind.External);

    private Slot Add(Storage storage, SlotKind kind)
    {
        var slot = new Slot(storage, _slots.Count, kind);
        _known.Add(storage, slot);
        _slots.Add(slot);
        return slot;
    }

    /// <summary>The slot of a storage that the run touched.</summary>
    public Slot? Find(Storage storage) => _known.TryGetValue(storage, out var slot) ? slot : null;

    // ---- what C# does beside kernels ----

    /// <summary>Runs something that every replay has to do again at this point; what it reads is not noted.</summary>
    public static void Repeat(Action action, string name, object? key = null)
    {
        if (Current is not { _quiet: 0 } recorder)
        {
            action();
            return;
        }
        // Kernels before it that fail, fail before; and those that read what it writes have read it.
        recorder.Execute();
        recorder._items.Add(new RecordedAction(action, key ?? action, name));
        recorder._done = recorder._items.Count;
        recorder.Quietly(action);
    }

    /// <summary>Notes a host routine, to be run with the kernels.</summary>
    public void Host(HostKernel kernel, Tensor[] writes, Tensor[] reads)
    {
        View[] outputs = Array.ConvertAll(writes, t => Recorded(t.Layout));
        _items.Add(new RecordedCall(kernel, outputs, [.. reads.Select(t => (KernelInput)Recorded(t.Layout)), .. outputs.Select(static o => (KernelInput)o)]) { Where = Where });
    }

    /// <summary>Looks at values while the function is recorded, for a message; nothing of it is noted.</summary>
    public static T Aside<T>(Func<T> look)
    {
        if (Current is not { } recorder) return look();
        recorder.Execute();
        t_current = null;
        s_flow.Value = null;
        try
        {
            return look();
        }
        finally
        {
            t_current = recorder;
            s_flow.Value = recorder;
        }
    }

    /// <summary>Runs something without noting what C# values it reads.</summary>
    public void Quietly(Action action)
    {
        _quiet++;
        try
        {
            action();
        }
        finally
        {
            _quiet--;
        }
    }

    /// <summary>The gradient of a leaf was read.</summary>
    public static void NoteGradientRead(Tensor leaf, Tensor? value)
    {
        if (t_current is not { } recorder) return;
        ref var use = ref CollectionsMarshal.GetValueRefOrAddDefault(recorder._gradients, leaf, out bool known);
        if (!known) use = new GradientUse { Read = true, Before = value };
    }

    /// <summary>The gradient of a leaf was set.</summary>
    public static void NoteGradientWrite(Tensor leaf, Tensor? value)
    {
        if (t_current is not { } recorder) return;
        ref var use = ref CollectionsMarshal.GetValueRefOrAddDefault(recorder._gradients, leaf, out _);
        use.Written = true;
        use.Left = value is not null;
        use.After = value;
    }

    /// <summary>Lets go of the gradients that the run left: it will only be compared with others.</summary>
    public void ForgetGradients()
    {
        foreach (var leaf in _gradients.Keys.ToArray()) CollectionsMarshal.GetValueRefOrNullRef(_gradients, leaf).After = null;
    }

    /// <summary>A tensor was written to and has another history now.</summary>
    public static void NoteHistory(Tensor tensor)
    {
        if (t_current is { } recorder && recorder.Find(tensor.Layout.Storage) is not { Kind: SlotKind.Temporary }) recorder._rewritten.Add(tensor);
    }

    /// <summary>A forward of a module began: its settings and tensors matter.</summary>
    public static void NoteModule(Nn.Module module) => t_current?.Watcher.Explore(module);

    /// <summary>Backward comes to a node, or is through with it.</summary>
    public static void NoteBackward(Node? node)
    {
        if (t_current is { } recorder) recorder._gradientOf = node?.Module;
    }

    /// <summary>The module whose forward runs, or the one of whose forward the gradient is computed.</summary>
    private string Where => _gradientOf is { } module ? module.Insert(" (in ".Length, "gradient of ") : ModuleScope.Describe();

    /// <summary>A C# value was read that a later run may find changed.</summary>
    public static void NoteDependency(Guard guard)
    {
        if (t_current is { _quiet: 0 } recorder) recorder.Watcher.Add(guard);
    }

    // ---- what cannot be captured ----

    /// <summary>Elements are about to be read by C#: refused while recording, because a replay would go on with what they were.</summary>
    public static void RefuseRead(string what)
    {
        if (t_current is null) return;
        throw new InvalidOperationException(
            $"{what}: a value was read while a step is being captured{CallerOutside()}. The captured step would go on with today's value. " +
            "Return the tensor from the function and read it after Run; choose between tensors with Tensor.Where; or leave this part out of the captured function.");
    }

    /// <summary>The file and line of the first frame that is not ours.</summary>
    private static string CallerOutside()
    {
        var trace = new StackTrace(2, true);
        foreach (var frame in trace.GetFrames())
        {
            if (DiagnosticMethodInfo.Create(frame) is not { } method || method.DeclaringAssemblyName.StartsWith("Firesteel,", StringComparison.Ordinal) || method.DeclaringAssemblyName.StartsWith("System.", StringComparison.Ordinal)) continue;
            return frame.GetFileName() is { } file ? $" (at {file}:{frame.GetFileLineNumber()})" : $" (in {method.DeclaringTypeName}.{method.Name})";
        }
        return "";
    }
}

/// <summary>What a run did with the gradient of one leaf.</summary>
internal struct GradientUse
{
    /// <summary>It was read before it was set, and was this.</summary>
    public bool Read;
    public Tensor? Before;

    /// <summary>It was set, and something was left.</summary>
    public bool Written, Left;

    /// <summary>What was left, as long as the recording may become a replay.</summary>
    public Tensor? After;
}
