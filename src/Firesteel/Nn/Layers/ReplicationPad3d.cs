namespace Firesteel.Nn;

/// <summary>Pads with the border of the input, over three dimensions (<c>torch.nn.ReplicationPad3d</c>).</summary>
/// <param name="padding">One number, or two for each dimension, the last first.</param>
public class ReplicationPad3d(Sizes padding) : PadNd(3, padding, "replicate");
