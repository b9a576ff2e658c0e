namespace Firesteel;

/// <summary><see cref="ConvKernel"/> on the CPU.</summary>
internal static class CpuConv
{
    public static void Run(ConvKernel kernel, in CpuView output, in CpuView a, in CpuView b) => throw new NotSupportedException("CpuConv is not written yet.");
}
