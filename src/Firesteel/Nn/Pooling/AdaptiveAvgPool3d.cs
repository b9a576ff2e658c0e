namespace Firesteel.Nn;

/// <summary>The mean of windows over three dimensions that are chosen so that the output has a given size (<c>torch.nn.AdaptiveAvgPool3d</c>). Inputs [N, C, D, H, W] or [C, D, H, W].</summary>
/// <param name="outputSize">The sizes of the output; null where the input's size stays.</param>
public class AdaptiveAvgPool3d(Sizes outputSize) : Module
{
    /// <summary>The sizes of the output.</summary>
    public Sizes OutputSize { get; } = outputSize;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.AdaptiveAvgPool3d(input, OutputSize));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"output_size={OutputSize.ToString().Replace("-1", "None", StringComparison.Ordinal)}";
}
