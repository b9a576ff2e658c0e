namespace Firesteel.Nn;

/// <summary>A <see cref="Linear"/> whose inFeatures are the last size of the first input (<c>torch.nn.LazyLinear</c>).</summary>
public class LazyLinear : Linear
{
    /// <summary>A layer without parameter values: they are drawn at the first forward, as those of <see cref="Linear"/>, or loaded.</summary>
    /// <param name="outFeatures">The last size of the output.</param>
    /// <param name="bias">Whether to add a learned bias.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Their dtype.</param>
    public LazyLinear(long outFeatures, bool bias = true, Device? device = null, DType dtype = DType.Float32)
        : base(0, outFeatures, bias: false) => MakeLazy(bias, device, dtype);
}
