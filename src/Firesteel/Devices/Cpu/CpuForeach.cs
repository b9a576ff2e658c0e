namespace Firesteel;

/// <summary><see cref="ForeachKernel"/> on the CPU, for eager code: pins what lies in managed arrays and lays the loop out.</summary>
internal static unsafe class CpuForeach
{
    /// <summary>A call has at most so many operands, which take room on the stack while they are pinned.</summary>
    public const int MostOperands = 4096;

    private const int PinnedTogether = 8;

    [ThreadStatic]
    private static CpuView[]? t_views;

    public static void Run(in KernelCall call)
    {
        int count = call.Outputs.Length + call.Inputs.Length;
        if (count > MostOperands) throw new ArgumentException($"A kernel for several sets takes {MostOperands} operands at most, not {count}.");
        byte** pointers = stackalloc byte*[count];
        Pin(call, pointers, 0, count);
        for (int i = 0; i < count; i++) GC.KeepAlive(StorageOf(call, i));
    }

    private static Storage? StorageOf(in KernelCall call, int i) => i < call.Outputs.Length ? call.Outputs[i].Storage : call.Inputs[i - call.Outputs.Length].View.Storage;

    /// <summary>Pins the operands from number <paramref name="from"/> on, some in each call of itself since that takes locals, and runs the kernel.</summary>
    private static void Pin(in KernelCall call, byte** pointers, int from, int count)
    {
        int i0 = Next(call, pointers, ref from, count), i1 = Next(call, pointers, ref from, count), i2 = Next(call, pointers, ref from, count), i3 = Next(call, pointers, ref from, count);
        int i4 = Next(call, pointers, ref from, count), i5 = Next(call, pointers, ref from, count), i6 = Next(call, pointers, ref from, count), i7 = Next(call, pointers, ref from, count);
        fixed (byte* p0 = &First(call, i0), p1 = &First(call, i1), p2 = &First(call, i2), p3 = &First(call, i3), p4 = &First(call, i4), p5 = &First(call, i5), p6 = &First(call, i6), p7 = &First(call, i7))
        {
            if (i0 >= 0) pointers[i0] = p0;
            if (i1 >= 0) pointers[i1] = p1;
            if (i2 >= 0) pointers[i2] = p2;
            if (i3 >= 0) pointers[i3] = p3;
            if (i4 >= 0) pointers[i4] = p4;
            if (i5 >= 0) pointers[i5] = p5;
            if (i6 >= 0) pointers[i6] = p6;
            if (i7 >= 0) pointers[i7] = p7;
            if (from < count) Pin(call, pointers, from, count);
            else Dispatch(call, pointers, count);
        }
    }

    /// <summary>The next operand that has to be pinned, -1 if there is none; those before it get their pointers. Neighbours in one storage, such as the numbers of a step, are pinned once.</summary>
    private static int Next(in KernelCall call, byte** pointers, ref int from, int count)
    {
        while (from < count)
        {
            int i = from++;
            var storage = StorageOf(call, i);
            pointers[i] = null;
            if (storage is null || (i > 0 && ReferenceEquals(storage, StorageOf(call, i - 1)))) continue;
            if (storage.ManagedArray is not null) return i;
            fixed (byte* native = &storage.FirstByte) pointers[i] = native;
        }
        return -1;
    }

    private static ref byte First(in KernelCall call, int i)
    {
        if (i >= 0) return ref StorageOf(call, i)!.FirstByte;
        return ref System.Runtime.CompilerServices.Unsafe.AsRef<byte>(null);
    }

    private static void Dispatch(in KernelCall call, byte** pointers, int count)
    {
        var views = t_views;
        if (views is null || views.Length < count) t_views = views = new CpuView[count];
        int outputs = call.Outputs.Length;
        for (int i = 0; i < count; i++)
        {
            ref readonly var view = ref i < outputs ? ref call.Outputs[i] : ref call.Inputs[i - outputs].View;
            if (view.Storage is null)
            {
                views[i] = new CpuView(view.Number);
                continue;
            }
            if (pointers[i] is null) pointers[i] = pointers[i - 1];
            views[i] = new CpuView(pointers[i], view);
        }
        Run((ForeachKernel)call.Kernel, views.AsSpan(0, outputs), views.AsSpan(outputs, count - outputs));
    }

    private static void Run(ForeachKernel kernel, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
    {
        switch (kernel.Map.Compute)
        {
            case DType.Float32: Eager<float>.Run(kernel, outputs, inputs); break;
            case DType.Float64: Eager<double>.Run(kernel, outputs, inputs); break;
            default: Eager<long>.Run(kernel, outputs, inputs); break;
        }
    }

    /// <summary>The loop that a thread uses for all its calls.</summary>
    private static class Eager<T>
        where T : unmanaged
    {
        [ThreadStatic]
        private static ForeachLoop<T>? t_loop;

        public static void Run(ForeachKernel kernel, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs)
        {
            var loop = t_loop ??= new ForeachLoop<T>();
            loop.LayOut(kernel, outputs, inputs);
            loop.CompileIfHot();
            loop.Run();
        }
    }
}
