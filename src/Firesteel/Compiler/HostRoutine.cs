namespace Firesteel;

/// <summary>
/// Work on the host that reads and writes the memory of tensors, such as a factorization or a check of values: done at once, and in captured functions done again by
/// every replay.
/// </summary>
internal static class HostRoutine
{
    /// <param name="name">For reports.</param>
    /// <param name="writes">What the routine writes; it may read that too.</param>
    /// <param name="reads">What it only reads.</param>
    /// <param name="state">Plain data; equal for equal work.</param>
    /// <param name="body">A static lambda that gets what is written, then what is read. It may throw.</param>
    public static void Run<TState>(string name, Tensor[] writes, Tensor[] reads, TState state, Action<Tensor[], TState> body)
        where TState : notnull
    {
        Tensor[] operands = [.. writes, .. reads];
        if (Recorder.Current is not { } recorder) body(operands, state);
        else recorder.Host(new HostKernel(name, body, state, tensors => body(tensors, state)), writes, reads);
        GC.KeepAlive(operands);
    }
}

/// <summary>A host routine among recorded calls; devices never see it.</summary>
internal sealed record HostKernel(string Name, Delegate Routine, object State, Action<Tensor[]> Body) : Kernel
{
    public bool Equals(HostKernel? other) => other is not null && Routine.Equals(other.Routine) && State.Equals(other.State);

    public override int GetHashCode() => HashCode.Combine(Routine, State);
}

/// <summary>A host routine with tensors on the memory of a replay.</summary>
internal sealed unsafe class PreparedHost : PreparedItem, IPatched
{
    private readonly Action<Tensor[]> _body;
    private readonly Tensor[] _tensors;

    public PreparedHost(RecordedCall call, HostKernel kernel, Dictionary<Slot, List<(IPatched, int, View)>> patches)
    {
        _body = kernel.Body;
        Views(call, this, patches);
        // What is written is among the inputs too, at the end.
        _tensors = new Tensor[call.Inputs.Length];
        for (int i = 0; i < _tensors.Length; i++)
        {
            var view = i < call.Outputs.Length ? call.Outputs[i] : call.Inputs[i - call.Outputs.Length].View;
            var storage = new BorrowedStorage(view.Storage);
            storage.Point(RecordedCall.SlotOf(view).Place);
            _tensors[i] = new Tensor(new View(storage, view.Offset, view.Geometry));
        }
    }

    public override void Run() => _body(_tensors);

    public void Patch(int operand, byte* storage, in View view)
    {
        if (operand < _tensors.Length) ((BorrowedStorage)_tensors[operand].Layout.Storage).Point(storage);
    }
}
