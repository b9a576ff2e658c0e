namespace Firesteel.Nn;

/// <summary>x clamped to a range (<c>torch.nn.Hardtanh</c>).</summary>
/// <param name="minVal">The lower bound.</param>
/// <param name="maxVal">The upper bound.</param>
/// <param name="inplace">Whether to overwrite the input.</param>
public class Hardtanh(double minVal = -1.0, double maxVal = 1.0, bool inplace = false) : Module
{
    /// <summary>The lower bound.</summary>
    public double MinVal { get; } = minVal;

    /// <summary>The upper bound.</summary>
    public double MaxVal { get; } = maxVal;

    /// <summary>Whether to overwrite the input.</summary>
    public bool Inplace { get; } = inplace;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Hardtanh(input, MinVal, MaxVal, Inplace));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => Repr.Inplace(Inplace, $"min_val={Repr.Of(MinVal)}, max_val={Repr.Of(MaxVal)}");
}
