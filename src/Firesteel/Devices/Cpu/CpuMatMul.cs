using System.Runtime.Intrinsics;

namespace Firesteel;

/// <summary><see cref="MatMulKernel"/> on the CPU: chooses the way by element type.</summary>
internal static unsafe class CpuMatMul
{
    /// <summary>Products with fewer multiply-adds than this are not worth a second thread.</summary>
    public const long SerialWork = 200_000;

    public static void Run(in CpuView output, ReadOnlySpan<CpuView> inputs, ResultFinish? finish = null)
    {
        var problem = new MatMulProblem(output, inputs[0], inputs[1], inputs.Length > 2 ? inputs[2] : default, finish);
        if (problem.Batch == 0 || problem.M == 0 || problem.N == 0) return;
        switch (output.DType)
        {
            case DType.Float32: Single(problem); break;
            case DType.Float64: Double(problem); break;
            case DType.Float16 or DType.BFloat16: CpuMatMulHalf.Run(problem, output.DType); break;
            case DType.Int64: CpuMatMulAny<long, long, CpuMatMulAny.Same<long>>.Run(problem); break;
            case DType.Int32: CpuMatMulAny<int, int, CpuMatMulAny.Same<int>>.Run(problem); break;
            case DType.Int16: CpuMatMulAny<short, int, CpuMatMulAny.Int16ToInt32>.Run(problem); break;
            case DType.Int8: CpuMatMulAny<sbyte, int, CpuMatMulAny.Int8ToInt32>.Run(problem); break;
            case DType.UInt8: CpuMatMulAny<byte, int, CpuMatMulAny.UInt8ToInt32>.Run(problem); break;
            default: throw new NotSupportedException($"\"addmm_impl_cpu_\" not implemented for '{output.DType.Name()}'");
        }
    }

    /// <summary>One product of float32 on this thread, for kernels that are made of products.</summary>
    public static void Single(in GemmProduct<float> product)
    {
        if (Vector512.IsHardwareAccelerated) CpuGemm<float, Vector512<float>, GemmVectors.Single512>.Run(product, false);
        else if (Vector256.IsHardwareAccelerated) CpuGemm<float, Vector256<float>, GemmVectors.Single256>.Run(product, false);
        else if (Vector128.IsHardwareAccelerated) CpuGemm<float, Vector128<float>, GemmVectors.Single128>.Run(product, false);
        else CpuGemm<float, float, GemmVectors.One<float>>.Run(product, false);
    }

    /// <summary>The number of elements that <see cref="Pack"/> writes.</summary>
    public static long PackedCount(long n, long k)
    {
        long width = Vector512.IsHardwareAccelerated ? 32 : Vector256.IsHardwareAccelerated ? 16 : Vector128.IsHardwareAccelerated ? 8 : 2;
        return (n + width - 1) / width * width * k;
    }

    /// <summary>Writes the b of products of float32 in the form that tiles read, for <see cref="GemmProduct{T}.PackedB"/>.</summary>
    public static void Pack(in GemmProduct<float> product, float* target)
    {
        if (Vector512.IsHardwareAccelerated) CpuGemm<float, Vector512<float>, GemmVectors.Single512>.Pack(product, target);
        else if (Vector256.IsHardwareAccelerated) CpuGemm<float, Vector256<float>, GemmVectors.Single256>.Pack(product, target);
        else if (Vector128.IsHardwareAccelerated) CpuGemm<float, Vector128<float>, GemmVectors.Single128>.Pack(product, target);
        else CpuGemm<float, float, GemmVectors.One<float>>.Pack(product, target);
    }

    private static void Single(in MatMulProblem problem)
    {
        if (Vector512.IsHardwareAccelerated) CpuGemm<float, Vector512<float>, GemmVectors.Single512>.Run(problem);
        else if (Vector256.IsHardwareAccelerated) CpuGemm<float, Vector256<float>, GemmVectors.Single256>.Run(problem);
        else if (Vector128.IsHardwareAccelerated) CpuGemm<float, Vector128<float>, GemmVectors.Single128>.Run(problem);
        else CpuGemm<float, float, GemmVectors.One<float>>.Run(problem);
    }

    private static void Double(in MatMulProblem problem)
    {
        if (Vector512.IsHardwareAccelerated) CpuGemm<double, Vector512<double>, GemmVectors.Double512>.Run(problem);
        else if (Vector256.IsHardwareAccelerated) CpuGemm<double, Vector256<double>, GemmVectors.Double256>.Run(problem);
        else if (Vector128.IsHardwareAccelerated) CpuGemm<double, Vector128<double>, GemmVectors.Double128>.Run(problem);
        else CpuGemm<double, double, GemmVectors.One<double>>.Run(problem);
    }
}
