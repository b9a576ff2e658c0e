namespace Firesteel.Nn;

/// <summary>The windows of images as columns, [N, C * window, places] (<c>torch.nn.Unfold</c>).</summary>
/// <param name="kernelSize">The sizes of the window.</param>
/// <param name="dilation">The distances of its elements, 1 if not given.</param>
/// <param name="padding">What is added around the images.</param>
/// <param name="stride">The steps between its places, 1 if not given.</param>
public class Unfold(Sizes kernelSize, Sizes dilation = default, Sizes padding = default, Sizes stride = default) : Module
{
    private readonly Sizes _kernelSize = kernelSize, _dilation = dilation.IsEmpty ? 1 : dilation, _padding = padding.IsEmpty ? 0 : padding, _stride = stride.IsEmpty ? 1 : stride;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Unfold(input, _kernelSize, _dilation, _padding, _stride));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"kernel_size={_kernelSize}, dilation={_dilation}, padding={_padding}, stride={_stride}";
}
