using System.Runtime.InteropServices;

namespace Firesteel;

/// <summary>A pointwise kernel with its loops laid out, and machine code for its program where that is possible.</summary>
internal sealed unsafe class PreparedMap<T> : PreparedItem, IPatched
    where T : unmanaged
{
    private readonly CpuMap.Body<T> _body;
    private readonly CpuMap.Port* _ports;
    private readonly int[] _numbersInMemory;
    private readonly long _total;

    public PreparedMap(RecordedCall call, Dictionary<Slot, List<(IPatched, int, View)>> patches)
    {
        var kernel = (MapKernel)call.Kernel;
        var views = Views(call, this, patches);
        ReadOnlySpan<CpuView> outputs = views.AsSpan(0, call.Outputs.Length), inputs = views.AsSpan(call.Outputs.Length);
        var shape = outputs[0].Shape;
        int rank = Math.Max(shape.Length, 1);
        _total = shape.NumElements;
        // Ports, sizes and strides, which the loop reads through pointers.
        _ports = (CpuMap.Port*)NativeMemory.AllocZeroed((nuint)(views.Length * sizeof(CpuMap.Port) + (views.Length + 1) * rank * sizeof(long)));
        long* sizes = (long*)(_ports + views.Length);
        int dims = 0;
        if (!CpuMap.SetPorts<T>(shape, outputs, inputs, _ports)) dims = CpuMap.Coalesce(shape, outputs, inputs, _ports, sizes, sizes + rank);
        ulong numbers = 0;
        var inMemory = new List<int>();
        for (int i = 0; i < inputs.Length; i++)
        {
            if (_ports[outputs.Length + i].Access != CpuMap.Access.Number) continue;
            if (i < 64) numbers |= 1UL << i;
            if (_ports[outputs.Length + i].InMemory) inMemory.Add(outputs.Length + i);
        }
        _numbersInMemory = [.. inMemory];
        _body = new CpuMap.Body<T>
        {
            Program = kernel.Program, Ports = _ports, Sizes = sizes, Dims = dims, OutputCount = outputs.Length, InputCount = inputs.Length,
            Code = MapCodes.Of(kernel, numbers),
        };
    }

    ~PreparedMap() => NativeMemory.Free(_ports);

    public override void Run()
    {
        if (_total == 0) return;
        foreach (int port in _numbersInMemory) _ports[port].ReadNumber();
        if (_total <= 2 * CpuMap.Grain) _body.Run(0, _total);
        else CpuThreads.For(_total, CpuMap.Grain, _body);
        GC.KeepAlive(this);
    }

    public void Patch(int operand, byte* storage, in View view) => _ports[operand].Data = storage + view.Offset * view.DType.ItemSize();
}
