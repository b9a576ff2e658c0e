namespace Firesteel.Nn;

/// <summary>Adds the columns of windows up to images; the reverse of <see cref="Unfold"/> (<c>torch.nn.Fold</c>).</summary>
/// <param name="outputSize">The sizes of the images.</param>
/// <param name="kernelSize">The sizes of the window.</param>
/// <param name="dilation">The distances of its elements, 1 if not given.</param>
/// <param name="padding">What was added around the images.</param>
/// <param name="stride">The steps between its places, 1 if not given.</param>
public class Fold(Sizes outputSize, Sizes kernelSize, Sizes dilation = default, Sizes padding = default, Sizes stride = default) : Module
{
    private readonly Sizes _outputSize = outputSize, _kernelSize = kernelSize, _dilation = dilation.IsEmpty ? 1 : dilation, _padding = padding.IsEmpty ? 0 : padding, _stride = stride.IsEmpty ? 1 : stride;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Fold(input, _outputSize, _kernelSize, _dilation, _padding, _stride));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"output_size={_outputSize}, kernel_size={_kernelSize}, dilation={_dilation}, padding={_padding}, stride={_stride}";
}
