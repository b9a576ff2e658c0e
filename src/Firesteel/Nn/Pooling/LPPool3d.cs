namespace Firesteel.Nn;

/// <summary>The norm of every window over three dimensions, of inputs [N, C, D, H, W] or [C, D, H, W] (<c>torch.nn.LPPool3d</c>).</summary>
/// <param name="normType">The exponent.</param>
/// <param name="kernelSize">The sizes of the window.</param>
/// <param name="stride">The steps between its places; its sizes if not given.</param>
/// <param name="ceilMode">Whether windows may reach over the end.</param>
public class LPPool3d(double normType, Sizes kernelSize, Sizes? stride = null, bool ceilMode = false)
    : LPPoolNd(Functional.LpPool3d, normType, kernelSize, stride, ceilMode);
