namespace Firesteel.Optim;

/// <summary>Multiplies the starting learning rate by a function of the epoch (<c>LambdaLR</c>).</summary>
public sealed class LambdaLR : FunctionLR
{
    /// <summary>One function for all groups.</summary>
    public LambdaLR(Optimizer optimizer, Func<long, double> lrLambda, long lastEpoch = -1)
        : base(optimizer, Same(optimizer, lrLambda), lastEpoch)
    {
    }

    /// <summary>One function for each group.</summary>
    /// <exception cref="ArgumentException">Another number of functions than of groups.</exception>
    public LambdaLR(Optimizer optimizer, IReadOnlyList<Func<long, double>> lrLambda, long lastEpoch = -1)
        : base(optimizer, lrLambda, lastEpoch)
    {
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr() => [.. BaseLrs.Select((lr, i) => lr * Lambdas[i](LastEpoch))];
}
