namespace Firesteel;

/// <summary><see cref="GatherKernel"/> on the CPU.</summary>
internal static class CpuGather
{
    public static void Run(GatherKernel kernel, in CpuView output, in CpuView x, in CpuView index) => throw new NotSupportedException("CpuGather is not written yet.");
}
