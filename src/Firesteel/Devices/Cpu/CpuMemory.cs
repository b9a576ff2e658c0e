namespace Firesteel;

/// <summary>Memory of the CPU device.</summary>
internal static class CpuMemory
{
    public static Storage Allocate(Device device, long byteCount) => new(device, GC.AllocateUninitializedArray<byte>(checked((int)byteCount)), byteCount);
}
