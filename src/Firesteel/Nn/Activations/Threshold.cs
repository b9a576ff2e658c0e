namespace Firesteel.Nn;

/// <summary>x where it is above a threshold, a value elsewhere (<c>torch.nn.Threshold</c>).</summary>
/// <param name="threshold">The threshold.</param>
/// <param name="value">The value elsewhere.</param>
/// <param name="inplace">Whether to overwrite the input.</param>
public class Threshold(double threshold, double value, bool inplace = false) : Module
{
    private readonly double _threshold = threshold, _value = value;
    private readonly bool _inplace = inplace;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Threshold(input, _threshold, _value, _inplace));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => Repr.Inplace(_inplace, $"threshold={Repr.Integer(_threshold)}, value={Repr.Integer(_value)}");
}
