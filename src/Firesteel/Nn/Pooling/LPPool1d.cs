namespace Firesteel.Nn;

/// <summary>The norm of every window over one dimension, of inputs [N, C, L] or [C, L] (<c>torch.nn.LPPool1d</c>).</summary>
/// <param name="normType">The exponent.</param>
/// <param name="kernelSize">The sizes of the window.</param>
/// <param name="stride">The steps between its places; its sizes if not given.</param>
/// <param name="ceilMode">Whether windows may reach over the end.</param>
public class LPPool1d(double normType, Sizes kernelSize, Sizes? stride = null, bool ceilMode = false)
    : LPPoolNd(Functional.LpPool1d, normType, kernelSize, stride, ceilMode);
