namespace Firesteel.Nn;

/// <summary>Brings every channel of every sample to mean 0 and variance 1, of inputs [N, C, H, W] or [C, H, W] (<c>torch.nn.InstanceNorm2d</c>).</summary>
/// <param name="numFeatures">The number of channels.</param>
/// <param name="eps">Added to the variance.</param>
/// <param name="momentum">The weight of a new batch in the running statistics.</param>
/// <param name="affine">Whether to learn a factor and an offset for each channel.</param>
/// <param name="trackRunningStats">Whether to keep running statistics for evaluation.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Their dtype.</param>
public class InstanceNorm2d(long numFeatures, double eps = 1e-5, double momentum = 0.1, bool affine = false, bool trackRunningStats = false, Device? device = null, DType dtype = DType.Float32)
    : InstanceNormNd(2, numFeatures, eps, momentum, affine, trackRunningStats, device, dtype);
