namespace Firesteel.Nn;

/// <summary>Negative log likelihood of label sequences under all alignments with blanks (connectionist temporal classification, <c>torch.nn.CTCLoss</c>).</summary>
/// <param name="blank">The class of the blank.</param>
/// <param name="reduction">What to do with the losses of the sequences; the mean divides each by the length of its target first.</param>
/// <param name="zeroInfinity">Whether targets that do not fit into their inputs, whose losses are infinite, count as 0.</param>
public class CTCLoss(long blank = 0, Reduction reduction = Reduction.Mean, bool zeroInfinity = false) : Module
{
    /// <summary>The class of the blank.</summary>
    public long Blank { get; } = blank;

    /// <summary>What to do with the losses of the sequences.</summary>
    public Reduction Reduction { get; } = reduction;

    /// <summary>Whether infinite losses count as 0.</summary>
    public bool ZeroInfinity { get; } = zeroInfinity;

    /// <summary>
    /// The loss of log probabilities [t, n, classes] or [t, classes], for targets [n, s], [s], or one after the other; see
    /// <see cref="Functional.CtcLoss"/>.
    /// </summary>
    public Tensor Forward(Tensor logProbs, Tensor targets, Tensor inputLengths, Tensor targetLengths)
    {
        using var scope = Enter();
        return scope.Exit(Functional.CtcLoss(logProbs, targets, inputLengths, targetLengths, Blank, Reduction, ZeroInfinity));
    }
}
