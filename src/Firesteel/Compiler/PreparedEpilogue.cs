namespace Firesteel;

/// <summary>A product or convolution and the program on its result, with the loop of the program laid out.</summary>
internal sealed unsafe class PreparedEpilogue<T> : PreparedItem, IPatched
    where T : unmanaged
{
    private readonly EpilogueKernel _kernel;
    private readonly CpuView[] _views;
    private readonly int _outputs;
    private readonly MapLoop<T> _loop;

    public PreparedEpilogue(RecordedCall call, Dictionary<Slot, List<(IPatched, int, View)>> patches)
    {
        _kernel = (EpilogueKernel)call.Kernel;
        _outputs = call.Outputs.Length;
        _views = Views(call, this, patches);
        _loop = CpuEpilogue.Loop<T>(_kernel, _views.AsSpan(0, _outputs), _views.AsSpan(_outputs), true);
    }

    public override void Run() => CpuEpilogue.Run(_kernel, _views.AsSpan(0, _outputs), _views.AsSpan(_outputs), _loop);

    public void Patch(int operand, byte* storage, in View view)
    {
        _views[operand] = new CpuView(storage, view);
        byte* data = _views[operand].Data;
        // The operands of the loop: the program's outputs, the result, the program's inputs.
        int first = _kernel.Kept ? 1 : 0, own = _outputs - first;
        if (operand == 0) _loop.Place(own, data);
        if (operand >= first && operand < _outputs) _loop.Place(operand - first, data);
        else if (operand >= _outputs + _kernel.ProductInputs) _loop.Place(own + 1 + operand - _outputs - _kernel.ProductInputs, data);
    }
}
