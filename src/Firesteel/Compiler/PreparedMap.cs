namespace Firesteel;

/// <summary>A pointwise kernel with its loops laid out, and machine code for its program where that is possible.</summary>
internal sealed unsafe class PreparedMap<T> : PreparedItem, IPatched
    where T : unmanaged
{
    private readonly MapLoop<T> _loop;

    public PreparedMap(RecordedCall call, Dictionary<Slot, List<(IPatched, int, View)>> patches)
    {
        var views = Views(call, this, patches);
        ReadOnlySpan<CpuView> outputs = views.AsSpan(0, call.Outputs.Length), inputs = views.AsSpan(call.Outputs.Length);
        _loop = new MapLoop<T>((MapKernel)call.Kernel, outputs[0].Shape, outputs, inputs, true);
    }

    public override void Run() => _loop.Run();

    public void Patch(int operand, byte* storage, in View view) => _loop.Place(operand, storage + view.Offset * view.DType.ItemSize());
}
