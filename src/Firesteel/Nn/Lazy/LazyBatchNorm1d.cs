namespace Firesteel.Nn;

/// <summary>A <see cref="BatchNorm1d"/> whose numFeatures are the channels of the first input, [N, C] or [N, C, L] (<c>torch.nn.LazyBatchNorm1d</c>).</summary>
public class LazyBatchNorm1d : BatchNorm1d
{
    /// <summary>A layer whose parameters and statistics get their shapes, and first values, at the first forward, or are loaded.</summary>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="momentum">The weight of a new batch in the running statistics; null for their plain mean.</param>
    /// <param name="affine">Whether to learn a factor and an offset for each channel.</param>
    /// <param name="trackRunningStats">Whether to keep running statistics for evaluation.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Their dtype.</param>
    public LazyBatchNorm1d(double eps = 1e-5, double? momentum = 0.1, bool affine = true, bool trackRunningStats = true, Device? device = null, DType dtype = DType.Float32)
        : base(0, eps, momentum, affine, trackRunningStats, device, dtype) => MakeLazy(nameof(BatchNorm1d), device, dtype);
}
