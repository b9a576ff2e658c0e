using System.Numerics;

namespace Firesteel;

/// <summary><see cref="MapReduceKernel"/> on the CPU: a reduction that reads tiles which the program has just computed.</summary>
internal static unsafe class CpuMapReduce
{
    public static void Run(MapReduceKernel kernel, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
    {
        switch (kernel.Map.Compute)
        {
            case DType.Float32: Run(kernel.Reduce, outputs[0], inputs[0].Shape, Loop<float>(kernel, outputs, inputs, false)); break;
            case DType.Float64: Run(kernel.Reduce, outputs[0], inputs[0].Shape, Loop<double>(kernel, outputs, inputs, false)); break;
            default: Run(kernel.Reduce, outputs[0], inputs[0].Shape, Loop<long>(kernel, outputs, inputs, false)); break;
        }
    }

    /// <summary>The loop of the program; its first output comes a tile at a time and has no place.</summary>
    public static MapLoop<T> Loop<T>(MapReduceKernel kernel, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs, bool compiled)
        where T : unmanaged
    {
        var shape = inputs[0].Shape;
        CpuView[] stored = [.. outputs];
        stored[0] = new CpuView((byte*)64, shape.Contiguous(DTypes.Of<T>())); // not null, which would be a number
        return new MapLoop<T>(kernel.Map, shape, stored, inputs, compiled);
    }

    public static void Run<T>(ReduceKernel reduce, in CpuView output, Shape shape, MapLoop<T> loop)
        where T : unmanaged, INumber<T>
    {
        loop.Prepare();
        CpuReduce.Run(reduce.Op, output, shape, shape.ContiguousStrides, new ReduceSource<T>(loop));
    }
}
