namespace Firesteel.Nn;

/// <summary>Pads with the mirrored input, over two dimensions (<c>torch.nn.ReflectionPad2d</c>).</summary>
/// <param name="padding">One number, or two for each dimension, the last first.</param>
public class ReflectionPad2d(Sizes padding) : PadNd(2, padding, "reflect");
