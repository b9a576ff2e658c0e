namespace Firesteel.Nn;

/// <summary>What the padding layers have in common: the padding, two numbers for each of the last dimensions, the last first.</summary>
public abstract class PadNd : Module
{
    private readonly string _mode;
    private readonly long[] _padding;

    private protected PadNd(int rank, Sizes padding, string mode, double value = 0)
    {
        _padding = padding.For(GetType().Name, "padding", 2 * rank);
        (_mode, Value) = (mode, value);
    }

    /// <summary>The numbers added before and after each dimension, the last dimension first.</summary>
    public IReadOnlyList<long> Padding => _padding;

    private protected double Value { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Pad(input, _padding, _mode, _mode == "constant" ? Value : null));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => Repr.Tuple(_padding);
}
