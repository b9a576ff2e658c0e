namespace Firesteel;

/// <summary><see cref="ScatterKernel"/> on the CPU.</summary>
internal static class CpuScatter
{
    public static void Run(ScatterKernel kernel, in CpuView output, in CpuView index, in CpuView source) => throw new NotSupportedException("CpuScatter is not written yet.");
}
