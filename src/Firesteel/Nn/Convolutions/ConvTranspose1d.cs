namespace Firesteel.Nn;

/// <summary>Transposed convolution over one dimension, of inputs [N, C, L] or [C, L] (<c>torch.nn.ConvTranspose1d</c>).</summary>
/// <param name="inChannels">The number of channels of the input.</param>
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
public class ConvTranspose1d(long inChannels, long outChannels, Sizes kernelSize, Sizes stride = default, Sizes padding = default, Sizes outputPadding = default, long groups = 1, bool bias = true, Sizes dilation = default, string paddingMode = "zeros", Device? device = null, DType dtype = DType.Float32)
    : ConvNd(1, true, inChannels, outChannels, kernelSize, stride, padding, dilation, outputPadding, groups, bias, paddingMode, device, dtype)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input) => Forward(input, null);

    /// <summary>The output in one of the sizes that give the same input size.</summary>
    /// <exception cref="ArgumentException">The size is not one of them.</exception>
    public Tensor Forward(Tensor input, IReadOnlyList<long>? outputSize)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.ConvTranspose1d(input, Weight, Bias, Strides, Padding.Sizes, OutputPaddingFor(input, outputSize), Groups, Dilations));
    }
}
