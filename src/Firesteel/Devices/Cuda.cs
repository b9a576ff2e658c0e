namespace Firesteel;

/// <summary>NVIDIA GPUs (<c>torch.cuda</c>). This build has none, and says so; programs written for both run on the CPU.</summary>
public static class Cuda
{
    /// <summary>False: this build of Firesteel has no CUDA device (<c>torch.cuda.is_available</c>).</summary>
    public static bool IsAvailable() => false;

    /// <summary>0 (<c>torch.cuda.device_count</c>).</summary>
    public static int DeviceCount() => 0;

    /// <summary>Seeds the generator of the current GPU; does nothing without one, as in PyTorch (<c>torch.cuda.manual_seed</c>).</summary>
    public static void ManualSeed(long seed) => _ = seed;

    /// <summary>Seeds the generators of all GPUs; does nothing without one, as in PyTorch (<c>torch.cuda.manual_seed_all</c>).</summary>
    public static void ManualSeedAll(long seed) => _ = seed;
}
