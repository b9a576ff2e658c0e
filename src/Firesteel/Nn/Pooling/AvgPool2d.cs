namespace Firesteel.Nn;

/// <summary>The mean of every window over two dimensions, of inputs [N, C, H, W] or [C, H, W] (<c>torch.nn.AvgPool2d</c>).</summary>
/// <param name="kernelSize">The sizes of the window.</param>
/// <param name="stride">The steps between its places; its sizes if not given.</param>
/// <param name="padding">What is added around the input.</param>
/// <param name="ceilMode">Whether windows may reach over the end.</param>
/// <param name="countIncludePad">Whether what was added counts.</param>
/// <param name="divisorOverride">What to divide by instead.</param>
public class AvgPool2d(Sizes kernelSize, Sizes? stride = null, Sizes padding = default, bool ceilMode = false, bool countIncludePad = true, long? divisorOverride = null) : Module
{
    private readonly Sizes _kernelSize = kernelSize, _stride = stride ?? kernelSize, _padding = padding.IsEmpty ? 0 : padding;
    private readonly bool _ceilMode = ceilMode, _countIncludePad = countIncludePad;
    private readonly long? _divisorOverride = divisorOverride;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.AvgPool2d(input, _kernelSize, _stride, _padding, _ceilMode, _countIncludePad, _divisorOverride));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"kernel_size={_kernelSize}, stride={_stride}, padding={_padding}";
}
