namespace Firesteel.Nn;

/// <summary>Makes larger images of groups of channels, [N, C * r * r, H, W] -> [N, C, H * r, W * r] (<c>torch.nn.PixelShuffle</c>).</summary>
/// <param name="upscaleFactor">The factor r.</param>
public class PixelShuffle(long upscaleFactor) : Module
{
    private readonly long _upscaleFactor = upscaleFactor;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.PixelShuffle(input, _upscaleFactor));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"upscale_factor={_upscaleFactor}";
}
