namespace Firesteel;

/// <summary><see cref="SortKernel"/> on the CPU.</summary>
internal static class CpuSort
{
    public static void Run(SortKernel kernel, in CpuView values, in CpuView indices, in CpuView input) => throw new NotSupportedException("CpuSort is not written yet.");
}
