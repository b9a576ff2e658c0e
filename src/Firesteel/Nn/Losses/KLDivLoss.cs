namespace Firesteel.Nn;

/// <summary>Divergence of the target distribution from the predicted one, which is given by logarithms (<c>torch.nn.KLDivLoss</c>).</summary>
/// <param name="reduction">What to do with the elements.</param>
/// <param name="logTarget">Whether the target is given by logarithms too.</param>
public class KLDivLoss(Reduction reduction = Reduction.Mean, bool logTarget = false) : Module
{
    /// <summary>What to do with the elements.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>Whether the target is given by logarithms too.</summary>
    public bool LogTarget { get; } = logTarget;

    /// <summary>The loss of a prediction; see <see cref="Functional.KlDiv"/>.</summary>
    public Tensor Forward(Tensor input, Tensor target)
    {
        using var scope = Enter();
        return scope.Exit(Functional.KlDiv(input, target, reduction: Reduction, logTarget: LogTarget));
    }
}
