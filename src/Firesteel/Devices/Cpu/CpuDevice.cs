using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>The processor: pins what a kernel touches and hands it to the kernel's file in this folder.</summary>
internal sealed class CpuDevice() : Device("cpu")
{
    internal override Storage Allocate(long byteCount)
    {
        if (Recorder.Any && Recorder.Deferred(this, byteCount) is { } deferred) return deferred;
        var storage = CpuMemory.Allocate(this, byteCount);
        if (Recorder.Any) Recorder.NoteAllocation(storage);
        return storage;
    }

    public override void Synchronize()
    {
    }

    internal override unsafe void Run(in KernelCall call)
    {
        if (Recorder.Any && Recorder.NoteCall(call)) return;
        if (call.Kernel is MapKernel map && (map.Program.IsOneStep ? CpuMapSmall.Run(map, call) : map.Program.IsCopy && CpuMapSmall.Copy(call))) return;
        if (call.Kernel is ForeachKernel)
        {
            CpuForeach.Run(call);
            return;
        }
        int count = call.Outputs.Length + call.Inputs.Length;
        if (count <= 4)
        {
            fixed (byte* p0 = &First(call, 0), p1 = &First(call, 1), p2 = &First(call, 2), p3 = &First(call, 3))
            {
                byte** pointers = stackalloc byte*[4] { p0, p1, p2, p3 };
                Dispatch(call, pointers);
            }
            return;
        }
        byte** many = stackalloc byte*[count + PinnedTogether];
        Pin(call, many, 0, count);
    }

    private const int PinnedTogether = 6;

    /// <summary>Pins the operands from number <paramref name="from"/> on, some in each call of itself since that takes locals, and runs the kernel.</summary>
    private static unsafe void Pin(in KernelCall call, byte** pointers, int from, int count)
    {
        fixed (byte* p0 = &First(call, from), p1 = &First(call, from + 1), p2 = &First(call, from + 2), p3 = &First(call, from + 3), p4 = &First(call, from + 4), p5 = &First(call, from + 5))
        {
            pointers += from;
            pointers[0] = p0;
            pointers[1] = p1;
            pointers[2] = p2;
            pointers[3] = p3;
            pointers[4] = p4;
            pointers[5] = p5;
            pointers -= from;
            if (from + PinnedTogether < count) Pin(call, pointers, from + PinnedTogether, count);
            else DispatchMany(call, pointers);
        }
    }

    private static Storage? StorageOf(in KernelCall call, int i) =>
        i < call.Outputs.Length ? call.Outputs[i].Storage
        : i - call.Outputs.Length < call.Inputs.Length ? call.Inputs[i - call.Outputs.Length].View.Storage
        : null;

    private static unsafe ref byte First(in KernelCall call, int i)
    {
        if (StorageOf(call, i) is { } storage) return ref storage.FirstByte;
        return ref Unsafe.AsRef<byte>(null);
    }

    private static unsafe void Dispatch(in KernelCall call, byte** pointers)
    {
        var buffer = new ViewBuffer4();
        Dispatch(call, pointers, ((Span<CpuView>)buffer)[..(call.Outputs.Length + call.Inputs.Length)]);
    }

    private static unsafe void DispatchMany(in KernelCall call, byte** pointers)
    {
        int count = call.Outputs.Length + call.Inputs.Length;
        var buffer = new ViewBuffer16();
        Dispatch(call, pointers, count <= ViewBuffer16.Length ? ((Span<CpuView>)buffer)[..count] : new CpuView[count]);
    }

    private static unsafe void Dispatch(in KernelCall call, byte** pointers, Span<CpuView> views)
    {
        int outputCount = call.Outputs.Length, inputCount = call.Inputs.Length;
        for (int i = 0; i < outputCount; i++) views[i] = new CpuView(pointers[i], call.Outputs[i]);
        for (int i = 0; i < inputCount; i++)
        {
            ref readonly var operand = ref call.Inputs[i];
            views[outputCount + i] = operand.IsScalar ? new CpuView(operand.Scalar) : new CpuView(pointers[outputCount + i], operand.View);
        }
        Dispatch(call.Kernel, views[..outputCount], views[outputCount..]);
        for (int i = 0; i < outputCount; i++) GC.KeepAlive(call.Outputs[i].Storage);
        for (int i = 0; i < inputCount; i++) GC.KeepAlive(call.Inputs[i].View.Storage);
    }

    /// <summary>Runs a kernel on operands that are pinned.</summary>
    internal static void Dispatch(Kernel kernel, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
    {
        switch (kernel)
        {
            case MapKernel map: CpuMap.Run(map, outputs, inputs); break;
            case ReduceKernel reduce: CpuReduce.Run(reduce, outputs[0], inputs[0]); break;
            case MapReduceKernel mapReduce: CpuMapReduce.Run(mapReduce, outputs, inputs); break;
            case ArgReduceKernel argReduce: CpuArgReduce.Run(argReduce, outputs[0], outputs[1], inputs[0]); break;
            case ScanKernel scan: CpuScan.Run(scan, outputs, inputs[0]); break;
            case SortKernel sort: CpuSort.Run(sort, outputs[0], outputs[1], inputs[0]); break;
            case EpilogueKernel epilogue: CpuEpilogue.Run(epilogue, outputs, inputs); break;
            case MatMulKernel: CpuMatMul.Run(outputs[0], inputs); break;
            case ConvKernel conv: CpuConv.Run(conv, outputs[0], inputs); break;
            case MaxPoolKernel pool: CpuMaxPool.Run(pool, outputs, inputs); break;
            case SumPoolKernel pool: CpuSumPool.Run(pool, outputs[0], inputs[0]); break;
            case GatherKernel gather: CpuGather.Run(gather, outputs[0], inputs[0], inputs[1]); break;
            case ScatterKernel scatter: CpuScatter.Run(scatter, outputs[0], inputs[0], inputs[1]); break;
            case RecurrentKernel recurrent: CpuRecurrent.Run(recurrent, outputs, inputs); break;
            case FusedKernel fused: CpuFused.Run(fused, outputs, inputs); break;
            case RandomKernel random: CpuRandom.Run(random, outputs[0], inputs); break;
            default: throw new NotSupportedException($"The CPU does not know the kernel {kernel.GetType().Name}.");
        }
    }

    [InlineArray(4)]
    private struct ViewBuffer4
    {
        private CpuView _first;
    }

    [InlineArray(Length)]
    private struct ViewBuffer16
    {
        public const int Length = 16;
        private CpuView _first;
    }
}
