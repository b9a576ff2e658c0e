namespace Firesteel.Nn;

/// <summary>x times the probability that a normal variable is below x (<c>torch.nn.GELU</c>).</summary>
/// <param name="approximate"><c>"none"</c>, or <c>"tanh"</c> for the approximation by tanh.</param>
public class GELU(string approximate = "none") : Module
{
    /// <summary><c>"none"</c>, or <c>"tanh"</c> for the approximation by tanh.</summary>
    public string Approximate { get; } = approximate;

    /// <inheritdoc/>
    public override Tensor Forward(Tensor input)
    {
        using var scope = Enter(ref input);
        return scope.Exit(Functional.Gelu(input, Approximate));
    }

    /// <inheritdoc/>
    protected override string ExtraRepr() => $"approximate='{Approximate}'";
}
