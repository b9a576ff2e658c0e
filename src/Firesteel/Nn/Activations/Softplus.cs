namespace Firesteel.Nn;

/// <summary>log(1 + exp(beta * x)) / beta (<c>torch.nn.Softplus</c>).</summary>
/// <param name="beta">The sharpness.</param>
/// <param name="threshold">Above this value of beta * x the result is x.</param>
public class Softplus(double beta = 1, double threshold = 20) : Module
{
    /// <summary>The sharpness.</summary>
    public double Beta { get; } = beta;

    /// <summary>Above this value of beta * x the result is x.</summary>
    public double Threshold { get; } = threshold;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Softplus(input, Beta, Threshold));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"beta={Repr.Integer(Beta)}, threshold={Repr.Integer(Threshold)}";
}
