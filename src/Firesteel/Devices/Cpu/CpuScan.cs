namespace Firesteel;

/// <summary><see cref="ScanKernel"/> on the CPU.</summary>
internal static class CpuScan
{
    public static void Run(ScanKernel kernel, ReadOnlySpan<CpuView> outputs, in CpuView input) => throw new NotSupportedException("CpuScan is not written yet.");
}
