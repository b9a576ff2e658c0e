namespace Firesteel.Nn;

/// <summary>What batch norms have in common.</summary>
public abstract class BatchNormNd : NormNd
{
    private readonly int _leastRank, _mostRank;

    private protected BatchNormNd(int leastRank, int mostRank, long numFeatures, double eps, double? momentum, bool affine, bool trackRunningStats, Device? device, DType dtype)
        : base(numFeatures, eps, momentum, affine, trackRunningStats, device, dtype) => (_leastRank, _mostRank) = (leastRank, mostRank);

    private protected override long ChannelsOf(Tensor input)
    {
        CheckRank(input, _leastRank, _mostRank);
        return input.Shape[1];
    }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        CheckRank(input, _leastRank, _mostRank);
        Operand factor = Momentum ?? 0;
        if (Training && TrackRunningStats && NumBatchesTracked is { } count)
        {
            count.AddInPlace(1);
            if (Momentum is null) factor = count.To(DType.Float64).Reciprocal();
        }
        bool tracked = !Training || TrackRunningStats;
        bool batchStatistics = Training || (RunningMean is null && RunningVar is null);
        return scope.Exit(Functional.BatchNormMoving(input, tracked ? RunningMean : null, tracked ? RunningVar : null, Weight, Bias, batchStatistics, factor, Eps));
    }
}
