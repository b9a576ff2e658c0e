namespace Firesteel.Nn;

/// <summary>Sets elements to zero with probability p while training, and scales the rest so that the mean stays (<c>torch.nn.Dropout</c>).</summary>
/// <param name="p">The probability of a zero.</param>
/// <param name="inplace">Whether to overwrite the input.</param>
/// <exception cref="ArgumentException">The probability is not between 0 and 1.</exception>
public class Dropout(double p = 0.5, bool inplace = false) : DropoutNd(p, inplace)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Dropout(input, P, Training, Inplace));
    }
}
