namespace Firesteel.Nn;

/// <summary>Sets whole channels of [N, C, H, W] to zero with probability p while training (<c>torch.nn.Dropout2d</c>).</summary>
public class Dropout2d : Module
{
    /// <summary>A layer with the given probability.</summary>
    /// <exception cref="ArgumentException">The probability is not between 0 and 1.</exception>
    public Dropout2d(double p = 0.5, bool inplace = false)
    {
        if (!(p is >= 0 and <= 1)) throw new ArgumentException($"dropout probability has to be between 0 and 1, but got {Repr.Integer(p)}", nameof(p));
        (P, Inplace) = (p, inplace);
    }

    /// <summary>The probability of a zero.</summary>
    public double P { get; }

    /// <summary>Whether to overwrite the input.</summary>
    public bool Inplace { get; }

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Dropout2d(input, P, Training, Inplace));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"p={Repr.Of(P)}, inplace={Repr.Of(Inplace)}";
}
