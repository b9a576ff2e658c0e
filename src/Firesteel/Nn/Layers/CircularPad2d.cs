namespace Firesteel.Nn;

/// <summary>Pads with the other end of the input, as if it went round in a circle, over two dimensions, of inputs [N, C, H, W] or [C, H, W] (<c>torch.nn.CircularPad2d</c>).</summary>
/// <param name="padding">One number, or two for each dimension, the last first; none greater than the size that it pads.</param>
public class CircularPad2d(Sizes padding) : PadNd(2, padding, "circular");
