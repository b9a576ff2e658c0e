namespace Firesteel.Nn;

/// <summary>The norm of every window over three dimensions, of inputs [N, C, D, H, W] or [C, D, H, W] (<c>torch.nn.LPPool3d</c>).</summary>
/// <param name="normType">The exponent.</param>
/// <param name="kernelSize">The sizes of the window.</param>
/// <param name="stride">The steps between its places; its sizes if not given.</param>
/// <param name="ceilMode">Whether windows may reach over the end.</param>
public class LPPool3d(double normType, Sizes kernelSize, Sizes? stride = null, bool ceilMode = false) : Module
{
    private readonly double _normType = normType;
    private readonly Sizes _kernelSize = kernelSize;
    private readonly Sizes? _stride = stride;
    private readonly bool _ceilMode = ceilMode;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.LpPool3d(input, _normType, _kernelSize, _stride, _ceilMode));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"norm_type={Repr.Integer(_normType)}, kernel_size={_kernelSize}, stride={_stride?.ToString() ?? "None"}, ceil_mode={Repr.Of(_ceilMode)}";
}
