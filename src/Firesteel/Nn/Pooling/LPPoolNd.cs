namespace Firesteel.Nn;

/// <summary>What the pools by a norm have in common (<c>torch.nn.modules.pooling._LPPoolNd</c>).</summary>
public abstract class LPPoolNd : Module
{
    private readonly Func<Tensor, double, Sizes, Sizes?, bool, Tensor> _pool;
    private readonly double _normType;
    private readonly Sizes _kernelSize;
    private readonly Sizes? _stride;
    private readonly bool _ceilMode;

    private protected LPPoolNd(Func<Tensor, double, Sizes, Sizes?, bool, Tensor> pool, double normType, Sizes kernelSize, Sizes? stride, bool ceilMode) =>
        (_pool, _normType, _kernelSize, _stride, _ceilMode) = (pool, normType, kernelSize, stride, ceilMode);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(_pool(input, _normType, _kernelSize, _stride, _ceilMode));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"norm_type={Repr.Integer(_normType)}, kernel_size={_kernelSize}, stride={_stride?.ToString() ?? "None"}, ceil_mode={Repr.Of(_ceilMode)}";
}
