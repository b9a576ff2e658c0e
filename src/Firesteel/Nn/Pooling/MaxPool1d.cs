namespace Firesteel.Nn;

/// <summary>The largest element of every window over one dimension, of inputs [N, C, L] or [C, L] (<c>torch.nn.MaxPool1d</c>).</summary>
/// <param name="kernelSize">The sizes of the window.</param>
/// <param name="stride">The steps between its places; its sizes if not given.</param>
/// <param name="padding">What is added around the input.</param>
/// <param name="dilation">The distances of the elements of the window, 1 if not given.</param>
/// <param name="ceilMode">Whether windows may reach over the end.</param>
public class MaxPool1d(Sizes kernelSize, Sizes? stride = null, Sizes padding = default, Sizes dilation = default, bool ceilMode = false) : Module
{
    private readonly Sizes _kernelSize = kernelSize, _padding = padding.IsEmpty ? 0 : padding, _dilation = dilation.IsEmpty ? 1 : dilation;
    private readonly Sizes _stride = stride ?? kernelSize;
    private readonly bool _ceilMode = ceilMode;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.MaxPool1d(input, _kernelSize, _stride, _padding, _dilation, _ceilMode));
    }

    /// <summary>The output with the position of every element in the plane of the input (<c>return_indices=True</c>).</summary>
    public (Tensor Output, Tensor Indices) ForwardWithIndices(Tensor input)
    {
        using var scope = Enter(ref input);
        return Functional.MaxPool1dWithIndices(input, _kernelSize, _stride, _padding, _dilation, _ceilMode);
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"kernel_size={_kernelSize}, stride={_stride}, padding={_padding}, dilation={_dilation}, ceil_mode={Repr.Of(_ceilMode)}";
}
