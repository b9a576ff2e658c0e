namespace Firesteel.Nn;

/// <summary>The dropout that keeps mean 0 and variance 1 of activations by SELU (<c>torch.nn.AlphaDropout</c>).</summary>
/// <param name="p">The probability of a zero.</param>
/// <param name="inplace">Whether to overwrite the input.</param>
/// <exception cref="ArgumentException">The probability is not between 0 and 1.</exception>
public class AlphaDropout(double p = 0.5, bool inplace = false) : DropoutNd(p, inplace)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.AlphaDropout(input, P, Training, Inplace));
    }
}
