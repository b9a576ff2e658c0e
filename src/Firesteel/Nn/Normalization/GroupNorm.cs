namespace Firesteel.Nn;

/// <summary>Brings groups of channels of every sample to mean 0 and variance 1 (<c>torch.nn.GroupNorm</c>). Inputs [N, C, ...].</summary>
public class GroupNorm : Module
{
    /// <summary>A layer for a number of channels, split into groups.</summary>
    /// <param name="numGroups">The number of groups.</param>
    /// <param name="numChannels">The number of channels.</param>
    /// <param name="eps">Added to the variance.</param>
    /// <param name="affine">Whether to learn a factor and an offset for each channel.</param>
    /// <param name="device">Where the parameters live.</param>
    /// <param name="dtype">Their dtype.</param>
    /// <exception cref="ArgumentException">The groups do not divide the channels.</exception>
    public GroupNorm(long numGroups, long numChannels, double eps = 1e-5, bool affine = true, Device? device = null, DType dtype = DType.Float32)
    {
        if (numGroups <= 0 || numChannels % numGroups != 0) throw new ArgumentException($"num_channels must be divisible by num_groups: {numChannels} and {numGroups}");
        (NumGroups, NumChannels, Eps, Affine) = (numGroups, numChannels, eps, affine);
        if (!affine) return;
        Weight = new Parameter(Tensor.Ones([numChannels], dtype, device));
        Bias = new Parameter(Tensor.Zeros([numChannels], dtype, device));
    }

    /// <summary>The number of groups.</summary>
    public long NumGroups { get; }

    /// <summary>The number of channels.</summary>
    public long NumChannels { get; }

    /// <summary>Added to the variance.</summary>
    public double Eps { get; }

    /// <summary>Whether there are a factor and an offset.</summary>
    public bool Affine { get; }

    /// <summary>[numChannels], or null.</summary>
    public Parameter? Weight { get; set; }

    /// <summary>[numChannels], or null.</summary>
    public Parameter? Bias { get; set; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.GroupNorm(input, NumGroups, Weight, Bias, Eps));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"{NumGroups}, {NumChannels}, eps={Repr.Of(Eps)}, affine={Repr.Of(Affine)}";
}
