namespace Firesteel.Nn;

/// <summary>An <see cref="InstanceNorm3d"/> whose numFeatures are the channels of the first input, [N, C, D, H, W] or [C, D, H, W] (<c>torch.nn.LazyInstanceNorm3d</c>). Unlike there, factors, offsets and statistics are the default, as in PyTorch.</summary>
public class LazyInstanceNorm3d : InstanceNorm3d
{
    /// <summary>A layer whose parameters and statistics get their shapes, and first values, at the first forward, or are loaded.</summary>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="momentum">The weight of a new batch in the running statistics.</param>
    /// <param name="affine">Whether to learn a factor and an offset for each channel.</param>
    /// <param name="trackRunningStats">Whether to keep running statistics for evaluation.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Their dtype.</param>
    public LazyInstanceNorm3d(double eps = 1e-5, double momentum = 0.1, bool affine = true, bool trackRunningStats = true, Device? device = null, DType dtype = DType.Float32)
        : base(0, eps, momentum, affine, trackRunningStats, device, dtype) => MakeLazy(nameof(InstanceNorm3d), device, dtype);
}
