namespace Firesteel;

/// <summary><see cref="MatMulKernel"/> on the CPU.</summary>
internal static class CpuMatMul
{
    public static void Run(in CpuView output, in CpuView a, in CpuView b) => throw new NotSupportedException("CpuMatMul is not written yet.");
}
