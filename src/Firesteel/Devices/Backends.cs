namespace Firesteel;

/// <summary>Switches of the libraries behind PyTorch (<c>torch.backends</c>), kept so that programs can set them.</summary>
public static class Backends
{
    /// <summary>Apple's GPUs (<c>torch.backends.mps</c>).</summary>
    public static class Mps
    {
        /// <summary>False: this build of Firesteel has no such device (<c>torch.backends.mps.is_available</c>).</summary>
        public static bool IsAvailable() => false;
    }

    /// <summary>NVIDIA's convolution library (<c>torch.backends.cudnn</c>). Firesteel does not use it: its results are always deterministic.</summary>
    public static class Cudnn
    {
        /// <summary>Has no effect (<c>torch.backends.cudnn.benchmark</c>).</summary>
        public static bool Benchmark { get; set; }

        /// <summary>Has no effect: results are deterministic whatever it says (<c>torch.backends.cudnn.deterministic</c>).</summary>
        public static bool Deterministic { get; set; } = true;
    }
}
