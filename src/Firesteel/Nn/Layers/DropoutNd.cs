namespace Firesteel.Nn;

/// <summary>What the dropout layers have in common (<c>torch.nn.modules.dropout._DropoutNd</c>).</summary>
public abstract class DropoutNd : Module
{
    /// <summary>A layer with the given probability.</summary>
    /// <exception cref="ArgumentException">The probability is not between 0 and 1.</exception>
    private protected DropoutNd(double p, bool inplace)
    {
        if (!(p is >= 0 and <= 1)) throw new ArgumentException($"dropout probability has to be between 0 and 1, but got {Repr.Integer(p)}", nameof(p));
        (P, Inplace) = (p, inplace);
    }

    /// <summary>The probability of a zero.</summary>
    public double P { get; }

    /// <summary>Whether to overwrite the input.</summary>
    public bool Inplace { get; }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"p={Repr.Of(P)}, inplace={Repr.Of(Inplace)}";
}
