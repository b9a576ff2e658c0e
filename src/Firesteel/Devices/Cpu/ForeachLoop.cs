using System.Runtime.InteropServices;

namespace Firesteel;

/// <summary>
/// The loop of a <see cref="ForeachKernel"/>: the sets one behind the other are one range, which is cut without regard to where one of them ends, so that many small
/// tensors occupy all threads. Laid out anew for every eager call, and once for all replays.
/// </summary>
internal sealed unsafe class ForeachLoop<T>
    where T : unmanaged
{
    private const int LongProgram = 8;

    private ForeachKernel _kernel = null!;
    private byte* _room;
    private nuint _roomBytes;
    private ForeachSet* _sets;
    private MapPort* _ports;
    private int _count, _width, _own;
    private bool _ownNumbers;
    private ulong _numbers;
    private MapCode? _code;
    private PendingCode? _pending;

    ~ForeachLoop() => NativeMemory.Free(_room);

    /// <summary>All elements of all sets.</summary>
    public long Total { get; private set; }

    /// <summary>Finds out how the loop gets at every operand.</summary>
    public void LayOut(ForeachKernel kernel, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
    {
        int made = kernel.Map.Program.Outputs.Length, shared = kernel.Map.Program.InputCount - kernel.Own;
        (_kernel, _code, _pending) = (kernel, null, null);
        (_count, _own, _width) = (kernel.Sets(outputs.Length), made + kernel.Own, made + kernel.Own + shared);
        MakeRoom(outputs, made);
        Total = 0;
        _ownNumbers = false;
        long* places = (long*)(_ports + _count * _width);
        for (int s = 0; s < _count; s++)
        {
            ReadOnlySpan<CpuView> to = outputs.Slice(s * made, made), from = inputs.Slice(s * kernel.Own, kernel.Own);
            var shape = to[0].Shape;
            var ports = _ports + s * _width;
            int rank = Math.Max(shape.Length, 1), dims = 0;
            if (!MapPorts.Set<T>(shape, to, from, ports)) dims = MapPorts.Coalesce(shape, to, from, ports, places, places + rank);
            _sets[s] = new ForeachSet { Start = Total, Places = new(places, dims) };
            places += rank * (_own + 1);
            Total += shape.NumElements;
            for (int i = 0; i < shared; i++)
            {
                ref readonly var view = ref inputs[_count * kernel.Own + i];
                ports[_own + i] = new MapPort { Access = MapAccess.Number, Data = view.Data, DType = view.DType, InMemory = !view.IsScalar };
                if (view.IsScalar) (ports[_own + i].Number, ports[_own + i].Integer) = (view.Scalar.AsDouble, view.Scalar.AsLong);
            }
            for (int i = made; i < _own; i++) _ownNumbers |= ports[i].Access == MapAccess.Number && ports[i].InMemory;
            ulong numbers = MapPorts.Numbers(ports + made, _width - made);
            if (s == 0) _numbers = numbers;
            _sets[s].Interpreted = numbers != _numbers;
        }
    }

    private void MakeRoom(ReadOnlySpan<CpuView> outputs, int made)
    {
        nuint bytes = (nuint)(_count * (sizeof(ForeachSet) + _width * sizeof(MapPort)));
        for (int s = 0; s < _count; s++) bytes += (nuint)(Math.Max(outputs[s * made].Shape.Length, 1) * (_own + 1) * sizeof(long));
        if (bytes > _roomBytes)
        {
            _room = (byte*)NativeMemory.Realloc(_room, bytes);
            _roomBytes = bytes;
        }
        _sets = (ForeachSet*)_room;
        _ports = (MapPort*)(_sets + _count);
    }

    private bool HasCode => typeof(T) != typeof(long) && _kernel.Map.Program is { IsOneStep: false, Instructions.Length: > 0 };

    /// <summary>Asks for machine code, for a loop that will run often.</summary>
    public void Compile()
    {
        if (HasCode) _pending = MapCodes.Request(_kernel.Map, _numbers);
    }

    /// <summary>Takes machine code if the program has run often enough for that.</summary>
    public void CompileIfHot()
    {
        var program = _kernel.Map.Program;
        if (HasCode) _code = (typeof(T) == typeof(float) ? program.HotSingle : program.HotDouble).Of(_kernel.Map, _numbers, Total);
    }

    /// <summary>Leads an operand, all outputs counted first and then all inputs, to other memory of the same layout.</summary>
    public void Place(int operand, byte* data)
    {
        int made = _own - _kernel.Own, outputs = made * _count, inputs = operand - outputs;
        if (operand < outputs) _ports[operand / made * _width + operand % made].Data = data;
        else if (inputs < _kernel.Own * _count) _ports[inputs / _kernel.Own * _width + made + inputs % _kernel.Own].Data = data;
        else
        {
            for (int s = 0; s < _count; s++) _ports[s * _width + _own + inputs - _kernel.Own * _count].Data = data;
        }
    }

    /// <summary>All elements, on all threads.</summary>
    public void Run()
    {
        if (Total == 0) return;
        if (_pending?.Code is { } code) (_code, _pending) = (code, null);
        ReadNumbers();
        // An optimizer's formula has several times the steps and operands of what else there is to be cut.
        long grain = _kernel.Map.Program.Instructions.Length < LongProgram ? CpuMap.Grain : CpuMap.Grain / 4;
        if (Total <= 2 * grain || Threads.Count == 1) RunRange(0, Total);
        else CpuThreads.For(Total, grain, new ForeachBody<T> { Loop = this });
        GC.KeepAlive(this);
    }

    private void ReadNumbers()
    {
        for (int i = _own; i < _width; i++)
        {
            if (!_ports[i].InMemory) continue;
            _ports[i].ReadNumber();
            double number = _ports[i].Number;
            for (int s = 0; s < _count; s++) (_ports[s * _width + i].Number, _ports[s * _width + i].Integer) = (number, (long)number);
        }
        if (!_ownNumbers) return;
        for (int s = 0; s < _count; s++)
            for (int i = _own - _kernel.Own; i < _own; i++)
                if (_ports[s * _width + i] is { Access: MapAccess.Number, InMemory: true }) _ports[s * _width + i].ReadNumber();
    }

    internal void RunRange(long start, long end)
    {
        int s = SetAt(start);
        var body = new MapBody<T> { Program = _kernel.Map.Program, OutputCount = _own - _kernel.Own, InputCount = _width - _own + _kernel.Own };
        for (; s < _count && _sets[s].Start < end; s++)
        {
            long first = _sets[s].Start, past = s + 1 < _count ? _sets[s + 1].Start : Total;
            if (first == past) continue;
            body.Ports = _ports + s * _width;
            body.Places = _sets[s].Places;
            body.Code = _sets[s].Interpreted ? null : _code;
            body.Run(Math.Max(start, first) - first, Math.Min(end, past) - first);
        }
    }

    /// <summary>The set that an element lies in.</summary>
    private int SetAt(long element)
    {
        int low = 0, high = _count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_sets[middle].Start <= element) low = middle;
            else high = middle - 1;
        }
        return low;
    }
}

/// <summary>One set of operands of a <see cref="ForeachLoop{T}"/>.</summary>
internal struct ForeachSet
{
    /// <summary>How many elements the sets before it have.</summary>
    public long Start;
    public MapPlaces Places;

    /// <summary>Other inputs of it are numbers than the machine code was made for.</summary>
    public bool Interpreted;
}

/// <summary>A part of all sets.</summary>
internal struct ForeachBody<T> : IRangeBody
    where T : unmanaged
{
    public ForeachLoop<T> Loop;

    public readonly void Run(long start, long end) => Loop.RunRange(start, end);
}
