namespace Firesteel.Nn;

/// <summary>
/// The largest element of windows at pseudo-random places over three dimensions, of inputs [N, C, D, H, W] or [C, D, H, W] (<c>torch.nn.FractionalMaxPool3d</c>). Draws new places
/// in every forward, in evaluation too.
/// </summary>
public class FractionalMaxPool3d : FractionalMaxPool
{
    /// <summary>Pools to a given size, or to a size in a given ratio to the input's.</summary>
    /// <param name="kernelSize">The sizes of the window.</param>
    /// <param name="outputSize">The sizes of the output.</param>
    /// <param name="outputRatio">In place of that, what the sizes of the input are multiplied by: between 0 and 1.</param>
    /// <param name="randomSamples">Numbers in [0, 1), [N, C, 3], that place the windows; drawn in every forward if not given.</param>
    /// <exception cref="ArgumentException">Neither or both of size and ratio, or a ratio that is not between 0 and 1.</exception>
    public FractionalMaxPool3d(Sizes kernelSize, Sizes? outputSize = null, ScaleFactors? outputRatio = null, Tensor? randomSamples = null)
        : base(nameof(FractionalMaxPool3d), 3, kernelSize, outputSize, outputRatio, randomSamples)
    {
    }
}
