namespace Firesteel.Nn;

/// <summary>A <see cref="Conv3d"/> whose inChannels are those of the first input, [N, C, D, H, W] or [C, D, H, W] (<c>torch.nn.LazyConv3d</c>).</summary>
public class LazyConv3d : Conv3d
{
    /// <summary>A layer without parameter values: they are drawn at the first forward, as those of <see cref="Conv3d"/>, or loaded.</summary>
    /// <param name="outChannels">The number of channels of the output.</param>
    /// <param name="kernelSize">The sizes of the kernel.</param>
    /// <param name="stride">The steps between its places, 1 if not given.</param>
    /// <param name="padding">What is added around the input: numbers, <c>"same"</c> or <c>"valid"</c>.</param>
    /// <param name="dilation">The distances of its elements, 1 if not given.</param>
    /// <param name="groups">The number of groups that the channels are split into.</param>
    /// <param name="bias">Whether to add a learned bias.</param>
    /// <param name="paddingMode"><c>"zeros"</c>, <c>"reflect"</c>, <c>"replicate"</c> or <c>"circular"</c>.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Their dtype.</param>
    public LazyConv3d(long outChannels, Sizes kernelSize, Sizes stride = default, ConvPadding padding = default, Sizes dilation = default, long groups = 1, bool bias = true, string paddingMode = "zeros", Device? device = null, DType dtype = DType.Float32)
        : base(0, outChannels, kernelSize, stride, padding, dilation, groups, bias, paddingMode) => MakeLazy(nameof(Conv3d), device, dtype);
}
