namespace Firesteel.Nn;

/// <summary>Enlarges or shrinks images [N, C, H, W] by repeating their elements (<c>torch.nn.UpsamplingNearest2d</c>).</summary>
/// <param name="size">The sizes of the output.</param>
/// <param name="scaleFactor">In place of that, what the sizes of the input are multiplied by.</param>
public class UpsamplingNearest2d(Sizes? size = null, ScaleFactors? scaleFactor = null) : Upsample(size, scaleFactor, "nearest");
