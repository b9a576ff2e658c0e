namespace Firesteel.Nn;

/// <summary>Pads with the border of the input, over one dimension (<c>torch.nn.ReplicationPad1d</c>).</summary>
/// <param name="padding">One number, or two for each dimension, the last first.</param>
public class ReplicationPad1d(Sizes padding) : PadNd(1, padding, "replicate");
