namespace Firesteel.Nn;

/// <summary>Enlarges or shrinks images [N, C, H, W] by linear interpolation; the corner elements keep their places (<c>torch.nn.UpsamplingBilinear2d</c>).</summary>
/// <param name="size">The sizes of the output.</param>
/// <param name="scaleFactor">In place of that, what the sizes of the input are multiplied by.</param>
public class UpsamplingBilinear2d(Sizes? size = null, ScaleFactors? scaleFactor = null) : Upsample(size, scaleFactor, "bilinear", alignCorners: true);
