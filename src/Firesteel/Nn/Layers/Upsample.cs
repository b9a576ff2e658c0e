namespace Firesteel.Nn;

/// <summary>Enlarges or shrinks signals, images and volumes by interpolation (<c>torch.nn.Upsample</c>).</summary>
/// <param name="size">The sizes of the output.</param>
/// <param name="scaleFactor">In place of that, what the sizes of the input are multiplied by.</param>
/// <param name="mode"><c>"nearest"</c>, <c>"linear"</c>, <c>"bilinear"</c>, <c>"bicubic"</c> or <c>"trilinear"</c>.</param>
/// <param name="alignCorners">Whether the corner elements keep their places.</param>
/// <param name="recomputeScaleFactor">Whether to compute the factor again from the sizes.</param>
public class Upsample(Sizes? size = null, ScaleFactors? scaleFactor = null, string mode = "nearest", bool? alignCorners = null, bool? recomputeScaleFactor = null) : Module
{
    private readonly Sizes? _size = size;
    private readonly ScaleFactors? _scaleFactor = scaleFactor;
    private readonly string _mode = mode;
    private readonly bool? _alignCorners = alignCorners, _recompute = recomputeScaleFactor;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Interpolate(input, _size, _scaleFactor, _mode, _alignCorners, _recompute));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => _scaleFactor is { } factor ? $"scale_factor={factor}, mode={_mode}" : $"size={_size}, mode={_mode}";
}
