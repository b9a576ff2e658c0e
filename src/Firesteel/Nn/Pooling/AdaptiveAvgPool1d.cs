namespace Firesteel.Nn;

/// <summary>The mean of windows over one dimension that are chosen so that the output has a given size (<c>torch.nn.AdaptiveAvgPool1d</c>). Inputs [N, C, L] or [C, L].</summary>
/// <param name="outputSize">The sizes of the output.</param>
public class AdaptiveAvgPool1d(Sizes outputSize) : Module
{
    /// <summary>The sizes of the output.</summary>
    public Sizes OutputSize { get; } = outputSize;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.AdaptiveAvgPool1d(input, OutputSize));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"output_size={OutputSize.ToString().Replace("-1", "None", StringComparison.Ordinal)}";
}
