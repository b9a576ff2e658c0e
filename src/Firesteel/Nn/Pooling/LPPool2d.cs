namespace Firesteel.Nn;

/// <summary>The norm of every window over two dimensions, of inputs [N, C, H, W] or [C, H, W] (<c>torch.nn.LPPool2d</c>).</summary>
/// <param name="normType">The exponent.</param>
/// <param name="kernelSize">The sizes of the window.</param>
/// <param name="stride">The steps between its places; its sizes if not given.</param>
/// <param name="ceilMode">Whether windows may reach over the end.</param>
public class LPPool2d(double normType, Sizes kernelSize, Sizes? stride = null, bool ceilMode = false)
    : LPPoolNd(Functional.LpPool2d, normType, kernelSize, stride, ceilMode);
