using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>The short ways of <see cref="MapKernel"/> for what eager code does most: one step, a copy or a fill on small contiguous tensors, without a loop over tiles.</summary>
internal static unsafe class CpuMapSmall
{
    private const int SmallLength = 128;

    /// <summary>
    /// The short way for what eager code does most: one primitive on small contiguous tensors of one shape in the compute type, or
    /// numbers. False if the call is not of that kind; then nothing was done.
    /// </summary>
    public static bool Run(MapKernel kernel, in KernelCall call)
    {
        ref readonly var output = ref call.Outputs[0];
        var geometry = output.Geometry;
        var compute = kernel.Compute;
        long n = geometry.Shape.NumElements;
        if (n > CpuMap.Grain || n == 0 || geometry.DType != compute || !geometry.IsContiguous) return false;
        bool numbers = false;
        foreach (ref readonly var input in call.Inputs)
        {
            if (input.IsScalar) numbers = true;
            else if (!geometry.Matches(input.View.Geometry)) return false;
        }
        if (numbers && n > SmallLength) return false;
        ref readonly var step = ref kernel.Program.Instructions[0];
        ref readonly var x = ref call.Inputs[step.A];
        ref readonly var y = ref call.Inputs[step.B];
        ref readonly var z = ref call.Inputs[step.C];
        if (numbers) RunOnNumbers(step.Primitive, compute, n, output, x, y, z);
        else
        {
            fixed (byte* to = &First(output), a = &First(x.View), b = &First(y.View), c = &First(z.View)) Run(step.Primitive, compute, a, b, c, to, n);
        }
        GC.KeepAlive(output.Storage);
        GC.KeepAlive(x.View.Storage);
        GC.KeepAlive(y.View.Storage);
        GC.KeepAlive(z.View.Storage);
        return true;
    }

    /// <summary>The short way for small contiguous tensors that are copied as they are, or filled with a number. False if the call is not of that kind.</summary>
    public static bool Copy(in KernelCall call)
    {
        ref readonly var output = ref call.Outputs[0];
        ref readonly var input = ref call.Inputs[0];
        var geometry = output.Geometry;
        long n = geometry.Shape.NumElements;
        if (n > CpuMap.Grain || !geometry.IsContiguous) return false;
        if (!input.IsScalar)
        {
            if (n == 0 || !geometry.Matches(input.View.Geometry)) return false;
            long bytes = n * geometry.DType.ItemSize();
            fixed (byte* to = &First(output), from = &First(input.View)) Buffer.MemoryCopy(from, to, bytes, bytes);
            GC.KeepAlive(input.View.Storage);
        }
        else
        {
            if (n == 0 || geometry.DType is not (DType.Float32 or DType.Float64 or DType.Int64)) return false;
            fixed (byte* to = &First(output))
            {
                if (geometry.DType == DType.Float32) new Span<float>(to, (int)n).Fill((float)input.Scalar.AsDouble);
                else if (geometry.DType == DType.Float64) new Span<double>(to, (int)n).Fill(input.Scalar.AsDouble);
                else new Span<long>(to, (int)n).Fill(input.Scalar.AsLong);
            }
        }
        GC.KeepAlive(output.Storage);
        return true;
    }

    /// <summary>The same with numbers among the inputs, which are written out first.</summary>
    [SkipLocalsInit]
    private static void RunOnNumbers(Primitive primitive, DType compute, long n, in View output, in KernelInput x, in KernelInput y, in KernelInput z)
    {
        byte* room = stackalloc byte[SmallLength * 8 * 3];
        fixed (byte* to = &First(output), a = &Written(x, room, n, compute), b = &Written(y, room + SmallLength * 8, n, compute), c = &Written(z, room + SmallLength * 16, n, compute))
            Run(primitive, compute, a, b, c, to, n);
    }

    private static void Run(Primitive primitive, DType compute, byte* a, byte* b, byte* c, byte* to, long n)
    {
        switch (compute)
        {
            case DType.Float32: primitive.Run((float*)a, (float*)b, (float*)c, (float*)to, n); break;
            case DType.Float64: primitive.Run((double*)a, (double*)b, (double*)c, (double*)to, n); break;
            default: primitive.Run((long*)a, (long*)b, (long*)c, (long*)to, n); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ref byte First(in View view) => ref Unsafe.AddByteOffset(ref view.Storage.FirstByte, (nint)(view.Offset * view.DType.ItemSize()));

    /// <summary>The first element of an input; a number is written into <paramref name="room"/> as often as needed.</summary>
    private static ref byte Written(in KernelInput input, byte* room, long n, DType compute)
    {
        if (!input.IsScalar) return ref First(input.View);
        switch (compute)
        {
            case DType.Float32: new Span<float>(room, (int)n).Fill((float)input.Scalar.AsDouble); break;
            case DType.Float64: new Span<double>(room, (int)n).Fill(input.Scalar.AsDouble); break;
            default: new Span<long>(room, (int)n).Fill(input.Scalar.AsLong); break;
        }
        return ref *room;
    }
}
