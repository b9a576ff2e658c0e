using System.Runtime.InteropServices;

namespace Firesteel;

/// <summary>The loop of a pointwise kernel laid out once, to run many times, whole or a part at a time. Its operands stay where they are unless they are moved with <see cref="Place"/>.</summary>
internal sealed unsafe class MapLoop<T> : ResultFinish
    where T : unmanaged
{
    private readonly MapPort* _ports;
    private readonly int[] _numbersInMemory;
    private MapBody<T> _body;
    private PendingCode? _code;
    private volatile bool _told;

    /// <param name="kernel">The program.</param>
    /// <param name="shape">The shape of the outputs.</param>
    /// <param name="outputs">The outputs of the program.</param>
    /// <param name="inputs">Its inputs.</param>
    /// <param name="compiled">Whether it is worth machine code.</param>
    public MapLoop(MapKernel kernel, Shape shape, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs, bool compiled)
    {
        int count = outputs.Length + inputs.Length, rank = Math.Max(shape.Length, 1);
        Count = shape.NumElements;
        // Ports, sizes and strides, which the loop reads through pointers.
        _ports = (MapPort*)NativeMemory.AllocZeroed((nuint)(count * sizeof(MapPort) + (count + 1) * rank * sizeof(long)));
        long* sizes = (long*)(_ports + count);
        int dims = 0;
        if (!MapPorts.Set<T>(shape, outputs, inputs, _ports)) dims = MapPorts.Coalesce(shape, outputs, inputs, _ports, sizes, sizes + rank);
        var inMemory = new List<int>();
        for (int i = outputs.Length; i < count; i++)
            if (_ports[i].Access == MapAccess.Number && _ports[i].InMemory) inMemory.Add(i);
        _numbersInMemory = [.. inMemory];
        _body = new MapBody<T>
        {
            Program = kernel.Program, Ports = _ports, Places = new(sizes, dims), OutputCount = outputs.Length, InputCount = inputs.Length,
        };
        if (compiled) _code = MapCodes.Request(kernel, MapPorts.Numbers(_ports + outputs.Length, inputs.Length));
    }

    ~MapLoop() => NativeMemory.Free(_ports);

    /// <inheritdoc/>
    public override long Count { get; }

    /// <summary>Leads an operand, outputs counted first, to other memory of the same layout.</summary>
    public void Place(int operand, byte* data) => _ports[operand].Data = data;

    /// <summary>Reads the inputs that are one element in memory, and takes the machine code once it is ready; to be called before each run.</summary>
    public void Prepare()
    {
        if (_code?.Code is { } code) (_body.Code, _code) = (code, null);
        foreach (int port in _numbersInMemory) _ports[port].ReadNumber();
    }

    /// <summary>All elements, on all threads.</summary>
    public void Run()
    {
        if (Count == 0) return;
        Prepare();
        if (Count <= 2 * CpuMap.Grain) _body.Run(0, Count);
        else CpuThreads.For(Count, CpuMap.Grain, _body);
        GC.KeepAlive(this);
    }

    /// <summary>Before a result is made whose parts may be told of.</summary>
    public void Begin()
    {
        Prepare();
        _told = false;
    }

    /// <inheritdoc/>
    public override void Complete(long first, long count)
    {
        _told = true;
        _body.Run(first, first + count);
    }

    /// <summary>After a result was made: what was not done on the way.</summary>
    public void End()
    {
        if (!_told) Run();
        GC.KeepAlive(this);
    }

    /// <summary>Some elements, counted row-major, with the first output in <paramref name="target"/>.</summary>
    public void RunTile(long start, int count, T* target)
    {
        var body = _body;
        body.First = target - start;
        body.Run(start, start + count);
        GC.KeepAlive(this);
    }
}
