using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>
/// <see cref="MapKernel"/> on the CPU: an interpreter over tiles that stay in the first-level cache. An operand that lies contiguously in
/// the compute type is read and written in place; every other one goes through a tile that is gathered, or scattered, and converted.
/// </summary>
internal static unsafe class CpuMap
{
    internal const long Grain = 32 * 1024;

    public static void Run(MapKernel kernel, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
    {
        if (outputs[0].Shape.NumElements == 0) return;
        switch (kernel.Compute)
        {
            case DType.Float32: Run<float>(kernel, outputs, inputs); break;
            case DType.Float64: Run<double>(kernel, outputs, inputs); break;
            default: Run<long>(kernel, outputs, inputs); break;
        }
    }

    [SkipLocalsInit]
    private static void Run<T>(MapKernel kernel, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
        where T : unmanaged
    {
        var program = kernel.Program;
        var shape = outputs[0].Shape;
        int rank = shape.Length, count = outputs.Length + inputs.Length;
        MapPort* ports = stackalloc MapPort[count];
        bool allDirect = MapPorts.Set<T>(shape, outputs, inputs, ports);
        for (int i = outputs.Length; i < count; i++)
            if (ports[i].InMemory) ports[i].ReadNumber();
        long total = shape.NumElements;
        long* sizes = null;
        int dims = 0;
        if (!allDirect)
        {
            long* room = stackalloc long[Math.Max(rank, 1) * (count + 1)];
            sizes = room;
            long* strides = room + Math.Max(rank, 1);
            dims = MapPorts.Coalesce(shape, outputs, inputs, ports, sizes, strides);
        }
        var body = new MapBody<T> { Program = program, Ports = ports, Places = new(sizes, dims), OutputCount = outputs.Length, InputCount = inputs.Length };
        // One step on operands in place is one loop as it is; and there is no code for integers.
        if (typeof(T) != typeof(long) && program.Instructions.Length > 0 && !(allDirect && program.IsOneStep))
            body.Code = (typeof(T) == typeof(float) ? program.HotSingle : program.HotDouble).Of(kernel, MapPorts.Numbers(ports + outputs.Length, inputs.Length), total);
        if (total <= 2 * Grain) body.Run(0, total);
        else CpuThreads.For(total, Grain, body);
    }
}
