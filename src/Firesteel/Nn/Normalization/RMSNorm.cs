namespace Firesteel.Nn;

/// <summary>Divides by the root of the mean square over the last dimensions (<c>torch.nn.RMSNorm</c>).</summary>
public class RMSNorm : Module
{
    private readonly long[] _shape;
    private readonly double? _eps;

    /// <summary>A layer for inputs that end with the given sizes.</summary>
    /// <param name="normalizedShape">The last size, or sizes.</param>
    /// <param name="eps">Added to the mean square; the machine epsilon of the dtype if not given.</param>
    /// <param name="elementwiseAffine">Whether to learn a factor for each element.</param>
    /// <param name="device">Where the parameter lives.</param>
    /// <param name="dtype">Its dtype.</param>
    public RMSNorm(Sizes normalizedShape, double? eps = null, bool elementwiseAffine = true, Device? device = null, DType dtype = DType.Float32)
    {
        _shape = [.. normalizedShape];
        _eps = eps;
        Weight = elementwiseAffine ? new Parameter(Tensor.Ones(_shape, dtype, device)) : null;
    }

    /// <summary>The factor of each element, or null.</summary>
    public Parameter? Weight { get; set; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.RmsNorm(input, _shape, Weight, _eps));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"{Repr.Tuple(_shape)}, eps={(_eps is { } eps ? Repr.Of(eps) : "None")}, elementwise_affine={Repr.Of(Weight is not null)}";
}
