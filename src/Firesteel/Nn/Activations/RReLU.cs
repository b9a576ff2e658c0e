namespace Firesteel.Nn;

/// <summary>The leaky ReLU whose slope is drawn from a range while training, and its middle while evaluating (<c>torch.nn.RReLU</c>).</summary>
/// <param name="lower">The lowest slope.</param>
/// <param name="upper">The highest slope.</param>
/// <param name="inplace">Whether to overwrite the input.</param>
public class RReLU(double lower = 1.0 / 8, double upper = 1.0 / 3, bool inplace = false) : Module
{
    /// <summary>The lowest slope.</summary>
    public double Lower { get; } = lower;

    /// <summary>The highest slope.</summary>
    public double Upper { get; } = upper;

    /// <summary>Whether to overwrite the input.</summary>
    public bool Inplace { get; } = inplace;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Rrelu(input, Lower, Upper, Training, Inplace));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => Repr.Inplace(Inplace, $"lower={Repr.Of(Lower)}, upper={Repr.Of(Upper)}");
}
