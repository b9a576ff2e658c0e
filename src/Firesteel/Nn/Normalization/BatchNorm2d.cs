namespace Firesteel.Nn;

/// <summary>Brings every channel to mean 0 and variance 1 over the batch, of inputs [N, C, H, W] (<c>torch.nn.BatchNorm2d</c>).</summary>
/// <param name="numFeatures">The number of channels.</param>
/// <param name="eps">Added to the variance.</param>
/// <param name="momentum">The weight of a new batch in the running statistics; null for their plain mean.</param>
/// <param name="affine">Whether to learn a factor and an offset for each channel.</param>
/// <param name="trackRunningStats">Whether to keep running statistics for evaluation.</param>
/// <param name="device">Where the parameters live.</param>
/// <param name="dtype">Their dtype.</param>
public class BatchNorm2d(long numFeatures, double eps = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true, Device? device = null, DType dtype = DType.Float32)
    : BatchNormNd(4, 4, numFeatures, eps, momentum, affine, trackRunningStats, device, dtype);
