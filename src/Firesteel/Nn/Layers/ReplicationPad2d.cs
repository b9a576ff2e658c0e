namespace Firesteel.Nn;

/// <summary>Pads with the border of the input, over two dimensions (<c>torch.nn.ReplicationPad2d</c>).</summary>
/// <param name="padding">One number, or two for each dimension, the last first.</param>
public class ReplicationPad2d(Sizes padding) : PadNd(2, padding, "replicate");
