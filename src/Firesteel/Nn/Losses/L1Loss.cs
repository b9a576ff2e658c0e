namespace Firesteel.Nn;

/// <summary>Absolute difference (<c>torch.nn.L1Loss</c>).</summary>
/// <param name="reduction">What to do with the elements.</param>
public class L1Loss(Reduction reduction = Reduction.Mean) : Module
{
    /// <summary>What to do with the elements.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>The loss of a prediction; see <see cref="Functional.L1Loss"/>.</summary>
    public Tensor Forward(Tensor input, Tensor target)
    {
        using var scope = Enter();
        return scope.Exit(Functional.L1Loss(input, target, reduction: Reduction));
    }
}
