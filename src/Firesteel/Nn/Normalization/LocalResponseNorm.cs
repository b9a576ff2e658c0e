namespace Firesteel.Nn;

/// <summary>Divides by a power of the mean square of neighbouring channels (<c>torch.nn.LocalResponseNorm</c>).</summary>
/// <param name="size">The number of channels.</param>
/// <param name="alpha">The factor of the mean.</param>
/// <param name="beta">The exponent.</param>
/// <param name="k">Added to the mean.</param>
public class LocalResponseNorm(long size, double alpha = 1e-4, double beta = 0.75, double k = 1.0) : Module
{
    private readonly long _size = size;
    private readonly double _alpha = alpha, _beta = beta, _k = k;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.LocalResponseNorm(input, _size, _alpha, _beta, _k));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"{_size}, alpha={Repr.Of(_alpha)}, beta={Repr.Of(_beta)}, k={Repr.Of(_k)}";
}
