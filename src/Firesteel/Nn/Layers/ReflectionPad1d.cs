namespace Firesteel.Nn;

/// <summary>Pads with the mirrored input, over one dimension (<c>torch.nn.ReflectionPad1d</c>).</summary>
/// <param name="padding">One number, or two for each dimension, the last first.</param>
public class ReflectionPad1d(Sizes padding) : PadNd(1, padding, "reflect");
