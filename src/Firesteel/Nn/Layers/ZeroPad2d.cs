namespace Firesteel.Nn;

/// <summary>Pads with zeros, over two dimensions (<c>torch.nn.ZeroPad2d</c>).</summary>
/// <param name="padding">One number, or two for each dimension, the last first.</param>
public class ZeroPad2d(Sizes padding) : PadNd(2, padding, "constant");
