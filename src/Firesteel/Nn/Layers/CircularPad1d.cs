namespace Firesteel.Nn;

/// <summary>Pads with the other end of the input, as if it went round in a circle, over one dimension, of inputs [N, C, L] or [C, L] (<c>torch.nn.CircularPad1d</c>).</summary>
/// <param name="padding">One number, or two for each dimension, the last first; none greater than the size that it pads.</param>
public class CircularPad1d(Sizes padding) : PadNd(1, padding, "circular");
