namespace Firesteel;

/// <summary><see cref="RandomKernel"/> on the CPU.</summary>
internal static class CpuRandom
{
    public static void Run(RandomKernel kernel, in CpuView output, ReadOnlySpan<CpuView> parameters) => throw new NotSupportedException("CpuRandom is not written yet.");
}
