namespace Firesteel.Nn;

/// <summary>The largest element of windows over one dimension that are chosen so that the output has a given size (<c>torch.nn.AdaptiveMaxPool1d</c>). Inputs [N, C, L] or [C, L].</summary>
/// <param name="outputSize">The sizes of the output.</param>
public class AdaptiveMaxPool1d(Sizes outputSize) : Module
{
    /// <summary>The sizes of the output.</summary>
    public Sizes OutputSize { get; } = outputSize;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.AdaptiveMaxPool1d(input, OutputSize));
    }

    /// <summary>The output with the position of every element in the plane of the input (<c>return_indices=True</c>).</summary>
    public (Tensor Output, Tensor Indices) ForwardWithIndices(Tensor input)
    {
        using var scope = Enter(ref input);
        return Functional.AdaptiveMaxPool1dWithIndices(input, OutputSize);
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"output_size={OutputSize.ToString().Replace("-1", "None", StringComparison.Ordinal)}";
}
