namespace Firesteel.Nn;

/// <summary>Pads with a value, over one dimension (<c>torch.nn.ConstantPad1d</c>).</summary>
/// <param name="padding">One number, or two for each dimension, the last first.</param>
/// <param name="value">The value.</param>
public class ConstantPad1d(Sizes padding, double value) : PadNd(1, padding, "constant", value)
{
    /// <inheritdoc/>
    protected override string ExtraRepr() => $"padding={base.ExtraRepr()}, value={Repr.Integer(Value)}";
}
