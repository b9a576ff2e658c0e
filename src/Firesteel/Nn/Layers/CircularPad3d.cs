namespace Firesteel.Nn;

/// <summary>Pads with the other end of the input, as if it went round in a circle, over three dimensions, of inputs [N, C, D, H, W] or [C, D, H, W] (<c>torch.nn.CircularPad3d</c>).</summary>
/// <param name="padding">One number, or two for each dimension, the last first; none greater than the size that it pads.</param>
public class CircularPad3d(Sizes padding) : PadNd(3, padding, "circular");
