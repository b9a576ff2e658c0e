namespace Firesteel.Optim;

/// <summary>Multiplies the learning rate every epoch by a function of the epoch (<c>MultiplicativeLR</c>).</summary>
public sealed class MultiplicativeLR : LRScheduler
{
    private readonly Func<long, double>[] _lambdas;

    /// <summary>One function for all groups.</summary>
    public MultiplicativeLR(Optimizer optimizer, Func<long, double> lrLambda, long lastEpoch = -1)
        : this(optimizer, [.. Enumerable.Repeat(lrLambda, optimizer.ParamGroups.Count)], lastEpoch)
    {
    }

    /// <summary>One function for each group.</summary>
    /// <exception cref="ArgumentException">Another number of functions than of groups.</exception>
    public MultiplicativeLR(Optimizer optimizer, IReadOnlyList<Func<long, double>> lrLambda, long lastEpoch = -1)
        : base(optimizer, [])
    {
        ArgumentNullException.ThrowIfNull(lrLambda);
        if (lrLambda.Count != optimizer.ParamGroups.Count) throw new ArgumentException($"Expected {optimizer.ParamGroups.Count} lr_lambdas, but got {lrLambda.Count}");
        _lambdas = [.. lrLambda];
        Settings.Add("lr_lambdas", new List<object?>(new object?[_lambdas.Length])); // PyTorch asks for the entry; functions are not saved
        Begin(lastEpoch);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr() => [.. Optimizer.ParamGroups.Select((g, i) => LastEpoch > 0 ? g.Lr * _lambdas[i](LastEpoch) : g.Lr)];
}
