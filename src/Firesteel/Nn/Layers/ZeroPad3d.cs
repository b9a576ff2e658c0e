namespace Firesteel.Nn;

/// <summary>Pads with zeros, over three dimensions (<c>torch.nn.ZeroPad3d</c>).</summary>
/// <param name="padding">One number, or two for each dimension, the last first.</param>
public class ZeroPad3d(Sizes padding) : PadNd(3, padding, "constant");
