namespace Firesteel.Nn;

/// <summary>Pads with a value, over two dimensions (<c>torch.nn.ConstantPad2d</c>).</summary>
/// <param name="padding">One number, or two for each dimension, the last first.</param>
/// <param name="value">The value.</param>
public class ConstantPad2d(Sizes padding, double value) : PadNd(2, padding, "constant", value)
{
    /// <inheritdoc/>
    protected override string ExtraRepr() => $"padding={base.ExtraRepr()}, value={Repr.Integer(Value)}";
}
