namespace Firesteel.Nn;

/// <summary>The mean of windows over two dimensions that are chosen so that the output has a given size (<c>torch.nn.AdaptiveAvgPool2d</c>). Inputs [N, C, H, W] or [C, H, W].</summary>
/// <param name="outputSize">The sizes of the output; null where the input's size stays.</param>
public class AdaptiveAvgPool2d(Sizes outputSize) : Module
{
    /// <summary>The sizes of the output.</summary>
    public Sizes OutputSize { get; } = outputSize;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.AdaptiveAvgPool2d(input, OutputSize));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"output_size={OutputSize.ToString().Replace("-1", "None", StringComparison.Ordinal)}";
}
