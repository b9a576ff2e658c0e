namespace Firesteel.Nn;

/// <summary>Pads with the mirrored input, over three dimensions (<c>torch.nn.ReflectionPad3d</c>).</summary>
/// <param name="padding">One number, or two for each dimension, the last first.</param>
public class ReflectionPad3d(Sizes padding) : PadNd(3, padding, "reflect");
