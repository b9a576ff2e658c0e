namespace Firesteel.Nn;

/// <summary>
/// The largest element of windows at pseudo-random places over three dimensions, of inputs [N, C, D, H, W] or [C, D, H, W] (<c>torch.nn.FractionalMaxPool3d</c>). Draws new places
/// in every forward, in evaluation too.
/// </summary>
public class FractionalMaxPool3d : Module
{
    private readonly Sizes _kernelSize;
    private readonly Sizes? _outputSize;
    private readonly ScaleFactors? _outputRatio;

    /// <summary>Pools to a given size, or to a size in a given ratio to the input's.</summary>
    /// <param name="kernelSize">The sizes of the window.</param>
    /// <param name="outputSize">The sizes of the output.</param>
    /// <param name="outputRatio">In place of that, what the sizes of the input are multiplied by: between 0 and 1.</param>
    /// <param name="randomSamples">Numbers in [0, 1), [N, C, 3], that place the windows; drawn in every forward if not given.</param>
    /// <exception cref="ArgumentException">Neither or both of size and ratio, or a ratio that is not between 0 and 1.</exception>
    public FractionalMaxPool3d(Sizes kernelSize, Sizes? outputSize = null, ScaleFactors? outputRatio = null, Tensor? randomSamples = null)
    {
        Functional.CheckFractionalTarget(nameof(FractionalMaxPool3d), 3, outputSize, outputRatio);
        (_kernelSize, _outputSize, _outputRatio) = (kernelSize, outputSize, outputRatio);
        RandomSamples = randomSamples is null ? null : new Buffer(randomSamples);
    }

    /// <summary>The numbers that place the windows, [N, C, 3]; null if they are drawn.</summary>
    [field: Key("_random_samples")]
    public Buffer? RandomSamples { get; set; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.FractionalMaxPool3d(input, _kernelSize, _outputSize, _outputRatio, RandomSamples));
    }

    /// <summary>The output with the position of every element in its channel (<c>return_indices=True</c>).</summary>
    public (Tensor Output, Tensor Indices) ForwardWithIndices(Tensor input)
    {
        using var scope = Enter(ref input);
        return Functional.FractionalMaxPool3dWithIndices(input, _kernelSize, _outputSize, _outputRatio, RandomSamples);
    }
}
