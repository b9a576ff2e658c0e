namespace Firesteel.Optim;

/// <summary>Multiplies the learning rate every epoch by a function of the epoch (<c>MultiplicativeLR</c>).</summary>
public sealed class MultiplicativeLR : FunctionLR
{
    /// <summary>One function for all groups.</summary>
    public MultiplicativeLR(Optimizer optimizer, Func<long, double> lrLambda, long lastEpoch = -1)
        : base(optimizer, Same(optimizer, lrLambda), lastEpoch)
    {
    }

    /// <summary>One function for each group.</summary>
    /// <exception cref="ArgumentException">Another number of functions than of groups.</exception>
    public MultiplicativeLR(Optimizer optimizer, IReadOnlyList<Func<long, double>> lrLambda, long lastEpoch = -1)
        : base(optimizer, lrLambda, lastEpoch)
    {
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr() => [.. Optimizer.ParamGroups.Select((g, i) => LastEpoch > 0 ? g.Lr * Lambdas[i](LastEpoch) : g.Lr)];
}
