namespace Firesteel.Nn;

/// <summary>What instance norms have in common.</summary>
public abstract class InstanceNormNd : NormNd
{
    private readonly int _rank;

    private protected InstanceNormNd(int rank, long numFeatures, double eps, double momentum, bool affine, bool trackRunningStats, Device? device, DType dtype)
        : base(numFeatures, eps, momentum, affine, trackRunningStats, device, dtype) => _rank = rank;

    private protected override long ChannelsOf(Tensor input)
    {
        CheckRank(input, _rank + 1, _rank + 2);
        return input.Shape[input.Ndim - _rank - 1];
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        CheckRank(input, _rank + 1, _rank + 2);
        bool single = input.Ndim == _rank + 1;
        var result = Functional.InstanceNorm(single ? input.Unsqueeze(0) : input, RunningMean, RunningVar, Weight, Bias, Training || !TrackRunningStats, Momentum ?? 0, Eps);
        return scope.Exit(single ? result.Squeeze(0) : result);
    }
}
