namespace Firesteel;

/// <summary><see cref="ArgReduceKernel"/> on the CPU.</summary>
internal static class CpuArgReduce
{
    public static void Run(ArgReduceKernel kernel, in CpuView values, in CpuView indices, in CpuView input) => throw new NotSupportedException("CpuArgReduce is not written yet.");
}
