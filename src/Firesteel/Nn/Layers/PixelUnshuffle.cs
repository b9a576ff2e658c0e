namespace Firesteel.Nn;

/// <summary>Makes groups of channels of larger images; the reverse of <see cref="PixelShuffle"/> (<c>torch.nn.PixelUnshuffle</c>).</summary>
/// <param name="downscaleFactor">The factor r.</param>
public class PixelUnshuffle(long downscaleFactor) : Module
{
    private readonly long _downscaleFactor = downscaleFactor;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.PixelUnshuffle(input, _downscaleFactor));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"downscale_factor={_downscaleFactor}";
}
