using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Firesteel;

/// <summary><see cref="ConvKernel"/> on the CPU: brings the operands into row-major order and chooses the way by element type.</summary>
internal static unsafe class CpuConv
{
    public static void Run(ConvKernel kernel, in CpuView output, ReadOnlySpan<CpuView> inputs, ResultFinish? finish = null)
    {
        CpuView a = inputs[0], b = inputs[1];
        var bias = inputs.Length > 2 ? inputs[2] : default;
        var geometry = kernel.Pass switch
        {
            ConvPass.Forward => new ConvGeometry(kernel, a.Shape, b.Shape, output.Shape, finish),
            ConvPass.Data => new ConvGeometry(kernel, output.Shape, b.Shape, a.Shape, finish),
            _ => new ConvGeometry(kernel, a.Shape, output.Shape, b.Shape),
        };
        if (a.DType != output.DType || b.DType != output.DType)
            throw new ArgumentException($"conv kernel: {a.DType.Name()} and {b.DType.Name()} -> {output.DType.Name()}; all must be the same dtype.");
        if (bias.Data != null && (kernel.Pass == ConvPass.Filter || bias.DType != output.DType || bias.Shape.Length != 1 || bias.Shape.Sizes[0] != output.Shape.Sizes[1]))
            throw new ArgumentException($"conv kernel: a bias {bias.Shape} of {bias.DType.Name()} does not fit {output.Shape} of {output.DType.Name()}.");
        if (output.Shape.NumElements == 0) return;
        switch (output.DType)
        {
            case DType.Float32: Contiguous<float>(kernel, geometry, output, a, b, bias); break;
            case DType.Float64: Contiguous<double>(kernel, geometry, output, a, b, bias); break;
            case DType.Float16 or DType.BFloat16: Widened(kernel, geometry, output, a, b, bias); break;
            case DType.Int64: Contiguous<long>(kernel, geometry, output, a, b, bias); break;
            case DType.Int32: Contiguous<int>(kernel, geometry, output, a, b, bias); break;
            case DType.Int16: Contiguous<short>(kernel, geometry, output, a, b, bias); break;
            case DType.Int8: Contiguous<sbyte>(kernel, geometry, output, a, b, bias); break;
            case DType.UInt8: Contiguous<byte>(kernel, geometry, output, a, b, bias); break;
            default: throw new NotSupportedException($"\"slow_conv\" not implemented for '{output.DType.Name()}'");
        }
    }

    private static void Contiguous<T>(ConvKernel kernel, in ConvGeometry geometry, in CpuView output, in CpuView a, in CpuView b, in CpuView bias)
        where T : unmanaged
    {
        T* copyOfA = null, copyOfB = null, copyOfOutput = null;
        try
        {
            T* pa = (T*)a.Data, pb = (T*)b.Data, po = (T*)output.Data;
            if (!a.IsContiguous) Copy(pa, a, pa = copyOfA = Allocate<T>(a), false);
            if (!b.IsContiguous) Copy(pb, b, pb = copyOfB = Allocate<T>(b), false);
            if (!output.IsContiguous) po = copyOfOutput = Allocate<T>(output);
            T* perChannel = null;
            if (bias.Data != null)
            {
                // With room for whole vectors behind it.
                long channels = bias.Shape.Sizes[0];
                perChannel = GemmScratch.Get<T>(GemmScratch.Use.Bias, channels + 32);
                for (long i = 0; i < channels + 32; i++) perChannel[i] = i < channels ? ((T*)bias.Data)[i * bias.Strides[0]] : default;
            }
            Dispatch(kernel.Pass, geometry, output.DType, po, pa, pb, perChannel);
            if (copyOfOutput != null) Copy((T*)output.Data, output, copyOfOutput, true);
        }
        finally
        {
            NativeMemory.Free(copyOfA);
            NativeMemory.Free(copyOfB);
            NativeMemory.Free(copyOfOutput);
        }
    }

    /// <summary>float16 and bfloat16 as float32, rounded once at the end.</summary>
    private static void Widened(ConvKernel kernel, in ConvGeometry geometry, in CpuView output, in CpuView a, in CpuView b, in CpuView bias)
    {
        var convert = Program.Identity.KernelFor(DType.Float32);
        float* wideA = null, wideB = null, wideBias = null, wideOutput = null;
        try
        {
            var x = new CpuView((byte*)(wideA = Allocate<float>(a)), a.Shape.Contiguous(DType.Float32));
            var y = new CpuView((byte*)(wideB = Allocate<float>(b)), b.Shape.Contiguous(DType.Float32));
            var result = new CpuView((byte*)(wideOutput = Allocate<float>(output)), output.Shape.Contiguous(DType.Float32));
            if (a.Shape.NumElements > 0) CpuMap.Run(convert, [x], [a]);
            if (b.Shape.NumElements > 0) CpuMap.Run(convert, [y], [b]);
            CpuView perChannel = default;
            if (bias.Data != null)
            {
                perChannel = new CpuView((byte*)(wideBias = Allocate<float>(bias)), bias.Shape.Contiguous(DType.Float32));
                CpuMap.Run(convert, [perChannel], [bias]);
            }
            Contiguous<float>(kernel, geometry, result, x, y, perChannel);
            CpuMap.Run(convert, [output], [result]);
        }
        finally
        {
            NativeMemory.Free(wideA);
            NativeMemory.Free(wideB);
            NativeMemory.Free(wideBias);
            NativeMemory.Free(wideOutput);
        }
    }

    private static T* Allocate<T>(in CpuView view)
        where T : unmanaged => (T*)NativeMemory.Alloc((nuint)Math.Max(1, view.Shape.NumElements), (nuint)sizeof(T));

    /// <summary>Between a view and a row-major block.</summary>
    private static void Copy<T>(T* data, in CpuView view, T* block, bool toView)
        where T : unmanaged
    {
        if (view.Shape.NumElements == 0) return;
        long[] sizes = view.Shape.Sizes, strides = view.Strides;
        int last = sizes.Length - 1;
        long* index = stackalloc long[sizes.Length];
        new Span<long>(index, sizes.Length).Clear();
        while (true)
        {
            if (toView)
                for (long i = 0; i < sizes[last]; i++) data[i * strides[last]] = *block++;
            else
                for (long i = 0; i < sizes[last]; i++) *block++ = data[i * strides[last]];
            int d = last - 1;
            for (; d >= 0; d--)
            {
                data += strides[d];
                if (++index[d] < sizes[d]) break;
                data -= sizes[d] * strides[d];
                index[d] = 0;
            }
            if (d < 0) return;
        }
    }

    private static void Dispatch(ConvPass pass, in ConvGeometry geometry, DType dtype, void* output, void* a, void* b, void* bias)
    {
        switch (dtype)
        {
            case DType.Float32 when WinogradPlan.TryCreate(pass, geometry, out var plan):
                if (Vector512.IsHardwareAccelerated) Winograd<Vector512<float>, GemmVectors.Single512, Vector256<float>, GemmVectors.Single256>(plan, pass, output, a, b, bias);
                else if (Vector256.IsHardwareAccelerated) Winograd<Vector256<float>, GemmVectors.Single256, Vector256<float>, GemmVectors.Single256>(plan, pass, output, a, b, bias);
                else if (Vector128.IsHardwareAccelerated) Winograd<Vector128<float>, GemmVectors.Single128, Vector128<float>, GemmVectors.Single128>(plan, pass, output, a, b, bias);
                else Winograd<float, GemmVectors.One<float>, float, GemmVectors.One<float>>(plan, pass, output, a, b, bias);
                break;
            case DType.Float32:
                if (Vector512.IsHardwareAccelerated) Fast<float, Vector512<float>, GemmVectors.Single512>(pass, geometry, output, a, b, bias);
                else if (Vector256.IsHardwareAccelerated) Fast<float, Vector256<float>, GemmVectors.Single256>(pass, geometry, output, a, b, bias);
                else if (Vector128.IsHardwareAccelerated) Fast<float, Vector128<float>, GemmVectors.Single128>(pass, geometry, output, a, b, bias);
                else Fast<float, float, GemmVectors.One<float>>(pass, geometry, output, a, b, bias);
                break;
            case DType.Float64:
                if (Vector512.IsHardwareAccelerated) Fast<double, Vector512<double>, GemmVectors.Double512>(pass, geometry, output, a, b, bias);
                else if (Vector256.IsHardwareAccelerated) Fast<double, Vector256<double>, GemmVectors.Double256>(pass, geometry, output, a, b, bias);
                else if (Vector128.IsHardwareAccelerated) Fast<double, Vector128<double>, GemmVectors.Double128>(pass, geometry, output, a, b, bias);
                else Fast<double, double, GemmVectors.One<double>>(pass, geometry, output, a, b, bias);
                break;
            case DType.Int64: CpuConvAny<long, long, CpuMatMulAny.Same<long>>.Run(pass, geometry, (long*)output, (long*)a, (long*)b, (long*)bias); break;
            case DType.Int32: CpuConvAny<int, int, CpuMatMulAny.Same<int>>.Run(pass, geometry, (int*)output, (int*)a, (int*)b, (int*)bias); break;
            case DType.Int16: CpuConvAny<short, int, CpuMatMulAny.Int16ToInt32>.Run(pass, geometry, (short*)output, (short*)a, (short*)b, (short*)bias); break;
            case DType.Int8: CpuConvAny<sbyte, int, CpuMatMulAny.Int8ToInt32>.Run(pass, geometry, (sbyte*)output, (sbyte*)a, (sbyte*)b, (sbyte*)bias); break;
            default: CpuConvAny<byte, int, CpuMatMulAny.UInt8ToInt32>.Run(pass, geometry, (byte*)output, (byte*)a, (byte*)b, (byte*)bias); break;
        }
    }

    internal static void Winograd<V, TVector, U, TLanes>(in WinogradPlan plan, ConvPass pass, void* output, void* a, void* b, void* bias)
        where V : unmanaged
        where U : unmanaged
        where TVector : struct, IGemmVector<float, V>
        where TLanes : struct, IGemmVector<float, U>
    {
        if (pass == ConvPass.Filter) CpuConvWinogradFilter<float, V, TVector, U, TLanes>.Run(plan, (float*)a, (float*)b, (float*)output);
        else CpuConvWinograd<float, V, TVector, U, TLanes>.Run(plan, pass == ConvPass.Data, (float*)a, (float*)b, (float*)bias, (float*)output);
    }

    internal static void Fast<T, V, TVector>(ConvPass pass, ConvGeometry geometry, void* output, void* a, void* b, void* bias)
        where T : unmanaged, IFloatingPointIeee754<T>
        where V : unmanaged
        where TVector : struct, IGemmVector<T, V>
    {
        geometry = geometry.Flattened();
        if (geometry.InChannels == 1 && geometry.OutChannels == 1)
        {
            if (pass != ConvPass.Filter) CpuConvDepthwise<T, V, TVector>.Run(geometry, pass == ConvPass.Data, (T*)a, (T*)b, (T*)bias, (T*)output);
            else if (typeof(V) == typeof(Vector512<float>)) CpuConvDepthwise<float, Vector256<float>, GemmVectors.Single256>.Filter(geometry, (float*)a, (float*)b, (float*)output); // eight lanes
            else CpuConvDepthwise<T, V, TVector>.Filter(geometry, (T*)a, (T*)b, (T*)output);
            return;
        }
        switch (pass)
        {
            case ConvPass.Forward or ConvPass.Data when CpuConvNarrow<T, V, TVector>.Suits(geometry, pass == ConvPass.Data):
                CpuConvNarrow<T, V, TVector>.Run(geometry, pass == ConvPass.Data, (T*)a, (T*)b, (T*)bias, (T*)output);
                break;
            case ConvPass.Forward when CpuConvDirect<T, V, TVector>.Suits(geometry): CpuConvDirect<T, V, TVector>.Run(geometry, false, (T*)a, (T*)b, (T*)bias, (T*)output); break;
            case ConvPass.Forward: CpuConvForward<T, V, TVector>.Run(geometry, (T*)a, (T*)b, (T*)bias, (T*)output); break;
            case ConvPass.Data: CpuConvDirect<T, V, TVector>.Run(geometry, true, (T*)a, (T*)b, (T*)bias, (T*)output); break;
            default: CpuConvFilter<T, V, TVector>.Run(geometry, (T*)a, (T*)b, (T*)output); break;
        }
    }
}
