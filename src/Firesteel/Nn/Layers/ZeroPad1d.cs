namespace Firesteel.Nn;

/// <summary>Pads with zeros, over one dimension (<c>torch.nn.ZeroPad1d</c>).</summary>
/// <param name="padding">One number, or two: before and after.</param>
public class ZeroPad1d(Sizes padding) : PadNd(1, padding, "constant");
