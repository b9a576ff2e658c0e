namespace Firesteel.Optim;

/// <summary>A learning rate by functions of the epoch: what <see cref="LambdaLR"/> and <see cref="MultiplicativeLR"/> have in common.</summary>
public abstract class FunctionLR : LRScheduler
{
    private protected FunctionLR(Optimizer optimizer, IReadOnlyList<Func<long, double>> lrLambda, long lastEpoch)
        : base(optimizer, [])
    {
        ArgumentNullException.ThrowIfNull(lrLambda);
        if (lrLambda.Count != optimizer.ParamGroups.Count) throw new ArgumentException($"Expected {optimizer.ParamGroups.Count} lr_lambdas, but got {lrLambda.Count}");
        Lambdas = [.. lrLambda];
        Settings.Add("lr_lambdas", new List<object?>(new object?[Lambdas.Count])); // PyTorch asks for the entry; functions are not saved
        Begin(lastEpoch);
    }

    /// <summary>A function for each group.</summary>
    private protected IReadOnlyList<Func<long, double>> Lambdas { get; }

    private protected static IReadOnlyList<Func<long, double>> Same(Optimizer optimizer, Func<long, double> lrLambda) => [.. Enumerable.Repeat(lrLambda, optimizer.ParamGroups.Count)];
}
