namespace Firesteel.Optim;

/// <summary>Multiplies the starting learning rate by a function of the epoch (<c>LambdaLR</c>).</summary>
public sealed class LambdaLR : LRScheduler
{
    private readonly Func<long, double>[] _lambdas;

    /// <summary>One function for all groups.</summary>
    public LambdaLR(Optimizer optimizer, Func<long, double> lrLambda, long lastEpoch = -1)
        : this(optimizer, [.. Enumerable.Repeat(lrLambda, optimizer.ParamGroups.Count)], lastEpoch)
    {
    }

    /// <summary>One function for each group.</summary>
    /// <exception cref="ArgumentException">Another number of functions than of groups.</exception>
    public LambdaLR(Optimizer optimizer, IReadOnlyList<Func<long, double>> lrLambda, long lastEpoch = -1)
        : base(optimizer, [])
    {
        ArgumentNullException.ThrowIfNull(lrLambda);
        if (lrLambda.Count != optimizer.ParamGroups.Count) throw new ArgumentException($"Expected {optimizer.ParamGroups.Count} lr_lambdas, but got {lrLambda.Count}");
        _lambdas = [.. lrLambda];
        Settings.Add("lr_lambdas", new List<object?>(new object?[_lambdas.Length])); // PyTorch asks for the entry; functions are not saved
        Begin(lastEpoch);
    }

    /// <inheritdoc/>
    protected override IReadOnlyList<double> GetLr() => [.. BaseLrs.Select((lr, i) => lr * _lambdas[i](LastEpoch))];
}
