namespace Firesteel.Nn;

/// <summary>Convolution over two dimensions, of inputs [N, C, H, W] or [C, H, W] (<c>torch.nn.Conv2d</c>).</summary>
/// <param name="inChannels">The number of channels of the input.</param>
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
public class Conv2d(long inChannels, long outChannels, Sizes kernelSize, Sizes stride = default, ConvPadding padding = default, Sizes dilation = default, long groups = 1, bool bias = true, string paddingMode = "zeros", Device? device = null, DType dtype = DType.Float32)
    : ConvNd(2, false, inChannels, outChannels, kernelSize, stride, padding, dilation, default, groups, bias, paddingMode, device, dtype)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        var (padded, rest) = Padded(input);
        return scope.Exit(Functional.Conv2d(padded, Weight, Bias, Strides, rest, Dilations, Groups));
    }
}
