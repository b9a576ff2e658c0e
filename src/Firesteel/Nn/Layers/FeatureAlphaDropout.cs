namespace Firesteel.Nn;

/// <summary>The alpha dropout of whole channels (<c>torch.nn.FeatureAlphaDropout</c>).</summary>
/// <param name="p">The probability of a zero.</param>
/// <param name="inplace">Whether to overwrite the input.</param>
/// <exception cref="ArgumentException">The probability is not between 0 and 1.</exception>
public class FeatureAlphaDropout(double p = 0.5, bool inplace = false) : DropoutNd(p, inplace)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.FeatureAlphaDropout(input, P, Training, Inplace));
    }
}
