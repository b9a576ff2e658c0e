namespace Firesteel.Nn;

/// <summary>Negative log likelihood of counts (<c>torch.nn.PoissonNLLLoss</c>).</summary>
/// <param name="logInput">Whether the prediction is the logarithm of the rate.</param>
/// <param name="full">Whether to add Stirling's approximation of the constant term.</param>
/// <param name="eps">Keeps the logarithm finite.</param>
/// <param name="reduction">What to do with the elements.</param>
public class PoissonNLLLoss(bool logInput = true, bool full = false, double eps = 1e-8, Reduction reduction = Reduction.Mean) : Module
{
    /// <summary>Whether the prediction is the logarithm of the rate.</summary>
    public bool LogInput { get; } = logInput;

    /// <summary>Whether to add Stirling's approximation of the constant term.</summary>
    public bool Full { get; } = full;

    /// <summary>Keeps the logarithm finite.</summary>
    public double Eps { get; } = eps;

    /// <summary>What to do with the elements.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>The loss of a prediction; see <see cref="Functional.PoissonNllLoss"/>.</summary>
    public Tensor Forward(Tensor input, Tensor target)
    {
        using var scope = Enter();
        return scope.Exit(Functional.PoissonNllLoss(input, target, logInput: LogInput, full: Full, eps: Eps, reduction: Reduction));
    }
}
