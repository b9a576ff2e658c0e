namespace Firesteel.Nn;

/// <summary>The largest element of windows over two dimensions that are chosen so that the output has a given size (<c>torch.nn.AdaptiveMaxPool2d</c>). Inputs [N, C, H, W] or [C, H, W].</summary>
/// <param name="outputSize">The sizes of the output; null where the input's size stays.</param>
public class AdaptiveMaxPool2d(Sizes outputSize) : Module
{
    /// <summary>The sizes of the output.</summary>
    public Sizes OutputSize { get; } = outputSize;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.AdaptiveMaxPool2d(input, OutputSize));
    }

    /// <summary>The output with the position of every element in the plane of the input (<c>return_indices=True</c>).</summary>
    public (Tensor Output, Tensor Indices) ForwardWithIndices(Tensor input)
    {
        using var scope = Enter(ref input);
        return Functional.AdaptiveMaxPool2dWithIndices(input, OutputSize);
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"output_size={OutputSize.ToString().Replace("-1", "None", StringComparison.Ordinal)}";
}
