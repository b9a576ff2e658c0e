namespace Firesteel;

/// <summary>A pointwise kernel for several sets of operands, with its loop laid out.</summary>
internal sealed unsafe class PreparedForeach<T> : PreparedItem, IPatched
    where T : unmanaged
{
    private readonly ForeachLoop<T> _loop = new();

    public PreparedForeach(RecordedCall call, Dictionary<Slot, List<(IPatched, int, View)>> patches)
    {
        var views = Views(call, this, patches);
        _loop.LayOut((ForeachKernel)call.Kernel, views.AsSpan(0, call.Outputs.Length), views.AsSpan(call.Outputs.Length));
        _loop.Compile();
    }

    public override void Run() => _loop.Run();

    public void Patch(int operand, byte* storage, in View view) => _loop.Place(operand, storage + view.Offset * view.DType.ItemSize());
}
