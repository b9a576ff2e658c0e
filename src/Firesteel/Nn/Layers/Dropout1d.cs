namespace Firesteel.Nn;

/// <summary>Sets whole channels of [N, C, L] to zero with probability p while training (<c>torch.nn.Dropout1d</c>).</summary>
/// <param name="p">The probability of a zero.</param>
/// <param name="inplace">Whether to overwrite the input.</param>
/// <exception cref="ArgumentException">The probability is not between 0 and 1.</exception>
public class Dropout1d(double p = 0.5, bool inplace = false) : DropoutNd(p, inplace)
{
    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Dropout1d(input, P, Training, Inplace));
    }
}
