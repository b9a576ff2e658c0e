namespace Firesteel.Nn;

/// <summary>Squared difference below beta, absolute difference above (<c>torch.nn.SmoothL1Loss</c>).</summary>
/// <param name="reduction">What to do with the elements.</param>
/// <param name="beta">Where the square ends.</param>
public class SmoothL1Loss(Reduction reduction = Reduction.Mean, double beta = 1.0) : Module
{
    /// <summary>What to do with the elements.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>Where the square ends.</summary>
    public double Beta { get; } = beta;

    /// <summary>The loss of a prediction; see <see cref="Functional.SmoothL1Loss"/>.</summary>
    public Tensor Forward(Tensor input, Tensor target)
    {
        using var scope = Enter();
        return scope.Exit(Functional.SmoothL1Loss(input, target, reduction: Reduction, beta: Beta));
    }
}
