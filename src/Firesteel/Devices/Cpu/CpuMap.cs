namespace Firesteel;

/// <summary><see cref="MapKernel"/> on the CPU.</summary>
internal static class CpuMap
{
    public static void Run(MapKernel kernel, ReadOnlySpan<CpuView> outputs, ReadOnlySpan<CpuView> inputs) => throw new NotSupportedException("CpuMap is not written yet.");
}
