namespace Firesteel.Nn;

/// <summary>A <see cref="ConvTranspose3d"/> whose inChannels are those of the first input, [N, C, D, H, W] or [C, D, H, W] (<c>torch.nn.LazyConvTranspose3d</c>).</summary>
public class LazyConvTranspose3d : ConvTranspose3d
{
    /// <summary>A layer without parameter values: they are drawn at the first forward, as those of <see cref="ConvTranspose3d"/>, or loaded.</summary>
    /// <param name="outChannels">The number of channels of the output.</param>
    /// <param name="kernelSize">The sizes of the kernel.</param>
    /// <param name="stride">The steps between its places, 1 if not given.</param>
    /// <param name="padding">What is cut off around the output.</param>
    /// <param name="outputPadding">What is added at one side of the output.</param>
    /// <param name="groups">The number of groups that the channels are split into.</param>
    /// <param name="bias">Whether to add a learned bias.</param>
    /// <param name="dilation">The distances of the elements of the kernel, 1 if not given.</param>
    /// <param name="paddingMode">Only <c>"zeros"</c>.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Their dtype.</param>
    public LazyConvTranspose3d(long outChannels, Sizes kernelSize, Sizes stride = default, Sizes padding = default, Sizes outputPadding = default, long groups = 1, bool bias = true, Sizes dilation = default, string paddingMode = "zeros", Device? device = null, DType dtype = DType.Float32)
        : base(0, outChannels, kernelSize, stride, padding, outputPadding, groups, bias, dilation, paddingMode) => MakeLazy(nameof(ConvTranspose3d), device, dtype);
}
