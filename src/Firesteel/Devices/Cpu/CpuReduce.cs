namespace Firesteel;

/// <summary><see cref="ReduceKernel"/> on the CPU.</summary>
internal static class CpuReduce
{
    public static void Run(ReduceKernel kernel, in CpuView output, in CpuView input) => throw new NotSupportedException("CpuReduce is not written yet.");
}
