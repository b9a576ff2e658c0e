namespace Firesteel.Nn;

/// <summary>The mean of every window over one dimension, of inputs [N, C, L] or [C, L] (<c>torch.nn.AvgPool1d</c>).</summary>
/// <param name="kernelSize">The sizes of the window.</param>
/// <param name="stride">The steps between its places; its sizes if not given.</param>
/// <param name="padding">What is added around the input.</param>
/// <param name="ceilMode">Whether windows may reach over the end.</param>
/// <param name="countIncludePad">Whether what was added counts.</param>
public class AvgPool1d(Sizes kernelSize, Sizes? stride = null, Sizes padding = default, bool ceilMode = false, bool countIncludePad = true) : Module
{
    private readonly Sizes _kernelSize = kernelSize, _stride = stride ?? kernelSize, _padding = padding.IsEmpty ? 0 : padding;
    private readonly bool _ceilMode = ceilMode, _countIncludePad = countIncludePad;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.AvgPool1d(input, _kernelSize, _stride, _padding, _ceilMode, _countIncludePad));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"kernel_size={Repr.Tuple(_kernelSize.For(TypeName, "kernel_size", 1))}, stride={Repr.Tuple(_stride.For(TypeName, "stride", 1))}, padding={Repr.Tuple(_padding.For(TypeName, "padding", 1))}";
}
