namespace Firesteel.Nn;

/// <summary>The largest element of windows at pseudo-random places: what <see cref="FractionalMaxPool2d"/> and <see cref="FractionalMaxPool3d"/> have in common.</summary>
public abstract class FractionalMaxPool : Module
{
    private readonly int _rank;
    private readonly Sizes _kernelSize;
    private readonly Sizes? _outputSize;
    private readonly ScaleFactors? _outputRatio;

    private protected FractionalMaxPool(string name, int rank, Sizes kernelSize, Sizes? outputSize, ScaleFactors? outputRatio, Tensor? randomSamples)
    {
        Functional.CheckFractionalTarget(name, rank, outputSize, outputRatio);
        (_rank, _kernelSize, _outputSize, _outputRatio) = (rank, kernelSize, outputSize, outputRatio);
        RandomSamples = randomSamples is null ? null : new Buffer(randomSamples);
    }

    /// <summary>The numbers that place the windows, [N, C, pooled dimensions]; null if they are drawn.</summary>
    [field: Key("_random_samples")]
    public Buffer? RandomSamples { get; set; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Pool(input).Output);
    }

    /// <summary>The output with the position of every element in its channel (<c>return_indices=True</c>).</summary>
    public (Tensor Output, Tensor Indices) ForwardWithIndices(Tensor input)
    {
        using var scope = Enter(ref input);
        return Pool(input);
    }

    private (Tensor Output, Tensor Indices) Pool(Tensor input) => _rank == 2
        ? Functional.FractionalMaxPool2dWithIndices(input, _kernelSize, _outputSize, _outputRatio, RandomSamples)
        : Functional.FractionalMaxPool3dWithIndices(input, _kernelSize, _outputSize, _outputRatio, RandomSamples);
}
