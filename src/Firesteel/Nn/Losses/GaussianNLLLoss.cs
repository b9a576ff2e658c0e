namespace Firesteel.Nn;

/// <summary>Negative log likelihood of normal variables (<c>torch.nn.GaussianNLLLoss</c>).</summary>
/// <param name="full">Whether to add the constant term.</param>
/// <param name="eps">The least variance.</param>
/// <param name="reduction">What to do with the elements.</param>
public class GaussianNLLLoss(bool full = false, double eps = 1e-6, Reduction reduction = Reduction.Mean) : Module
{
    /// <summary>Whether to add the constant term.</summary>
    public bool Full { get; } = full;

    /// <summary>The least variance.</summary>
    public double Eps { get; } = eps;

    /// <summary>What to do with the elements.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>The loss of a prediction; see <see cref="Functional.GaussianNllLoss"/>.</summary>
    public Tensor Forward(Tensor input, Tensor target, Tensor var)
    {
        using var scope = Enter();
        return scope.Exit(Functional.GaussianNllLoss(input, target, var, full: Full, eps: Eps, reduction: Reduction));
    }
}
