namespace Firesteel.Nn;

/// <summary>Pads with a value, over three dimensions (<c>torch.nn.ConstantPad3d</c>).</summary>
/// <param name="padding">One number, or two for each dimension, the last first.</param>
/// <param name="value">The value.</param>
public class ConstantPad3d(Sizes padding, double value) : PadNd(3, padding, "constant", value)
{
    /// <inheritdoc/>
    protected override string ExtraRepr() => $"padding={base.ExtraRepr()}, value={Repr.Integer(Value)}";
}
