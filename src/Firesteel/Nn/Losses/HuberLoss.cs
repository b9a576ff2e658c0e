namespace Firesteel.Nn;

/// <summary>Squared difference below delta, delta times the absolute difference above (<c>torch.nn.HuberLoss</c>).</summary>
/// <param name="reduction">What to do with the elements.</param>
/// <param name="delta">Where the square ends.</param>
public class HuberLoss(Reduction reduction = Reduction.Mean, double delta = 1.0) : Module
{
    /// <summary>What to do with the elements.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>Where the square ends.</summary>
    public double Delta { get; } = delta;

    /// <summary>The loss of a prediction; see <see cref="Functional.HuberLoss"/>.</summary>
    public Tensor Forward(Tensor input, Tensor target)
    {
        using var scope = Enter();
        return scope.Exit(Functional.HuberLoss(input, target, reduction: Reduction, delta: Delta));
    }
}
