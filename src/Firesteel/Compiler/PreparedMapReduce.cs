using System.Numerics;

namespace Firesteel;

/// <summary>A reduction of what a program computes, with the loop of the program laid out.</summary>
internal sealed unsafe class PreparedMapReduce<T> : PreparedItem, IPatched
    where T : unmanaged, INumber<T>
{
    private readonly ReduceKernel _reduce;
    private readonly Shape _shape;
    private readonly MapLoop<T> _loop;
    private CpuView _output;

    public PreparedMapReduce(RecordedCall call, Dictionary<Slot, List<(IPatched, int, View)>> patches)
    {
        var kernel = (MapReduceKernel)call.Kernel;
        var views = Views(call, this, patches);
        _reduce = kernel.Reduce;
        _output = views[0];
        _shape = views[call.Outputs.Length].Shape;
        _loop = CpuMapReduce.Loop<T>(kernel, views.AsSpan(0, call.Outputs.Length), views.AsSpan(call.Outputs.Length), true);
    }

    public override void Run() => CpuMapReduce.Run(_reduce, _output, _shape, _loop);

    public void Patch(int operand, byte* storage, in View view)
    {
        if (operand == 0) _output = new CpuView(storage, view);
        else _loop.Place(operand, storage + view.Offset * view.DType.ItemSize());
    }
}
