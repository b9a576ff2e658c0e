namespace Firesteel.Nn;

public static partial class Functional
{
    // log(e^a + e^b + e^c), where any may be minus infinity.
    private static readonly Pointwise s_logAddExp3 = new("ctc_loss", 3, static x =>
    {
        var largest = Expr.Max(Expr.Max(x[0], x[1]), x[2]);
        var safe = Expr.Where(Expr.Eq(largest, double.NegativeInfinity), 0, largest);
        return safe + Expr.Log(Expr.Exp(x[0] - safe) + Expr.Exp(x[1] - safe) + Expr.Exp(x[2] - safe));
    }, static (x, y, g) =>
    {
        var none = Expr.Eq(y, double.NegativeInfinity);
        var safe = Expr.Where(none, 0, y);
        return [.. x.Take(3).Select(v => (Expr?)Expr.Where(none, 0, g * Expr.Exp(v - safe)))];
    }, ResultType.Floating);

    /// <summary>
    /// The negative log-likelihood of target sequences under all alignments with blanks (connectionist temporal classification, <c>torch.nn.functional.ctc_loss</c>).
    /// </summary>
    /// <param name="logProbs">Logarithms of probabilities, [t, n, classes] or [t, classes].</param>
    /// <param name="targets">Classes without blanks: [n, s] padded, all sequences one after the other in one dimension, or [s] for one sequence.</param>
    /// <param name="inputLengths">How many of the t steps each sequence has.</param>
    /// <param name="targetLengths">How long each target is.</param>
    /// <param name="blank">The class of the blank.</param>
    /// <param name="reduction">The mean divides each loss by the length of its target first.</param>
    /// <param name="zeroInfinity">Losses of targets that do not fit into their input, which are infinite, become 0, and their gradients too.</param>
    /// <exception cref="ArgumentException">Lengths, shapes or classes that do not fit.</exception>
    public static Tensor CtcLoss(Tensor logProbs, Tensor targets, Tensor inputLengths, Tensor targetLengths, long blank = 0, Reduction reduction = Reduction.Mean, bool zeroInfinity = false)
    {
        CheckReduction("ctc_loss", reduction);
        if (logProbs.Ndim == 2)
        {
            var single = CtcLoss(logProbs.Unsqueeze(1), targets.Reshape(1, targets.NumElements), inputLengths.Reshape(1), targetLengths.Reshape(1), blank, reduction, zeroInfinity);
            return reduction == Reduction.None ? single.Squeeze(0) : single;
        }
        if (logProbs.Ndim != 3) throw OperationError.Argument("ctc_loss", $"expected log_probs of shape [t, n, classes] or [t, classes], got {OperationError.Text(logProbs.Shape)}");
        if (!targets.DType.IsInteger()) throw OperationError.Argument("ctc_loss", $"targets must be integers, got {targets.DType.Name()}");
        long steps = logProbs.Shape[0], n = logProbs.Shape[1], classes = logProbs.Shape[2];
        if (blank < 0 || blank >= classes) throw OperationError.Argument("ctc_loss", $"blank must be in label range, got {blank} for {classes} classes");
        // The lattice has a data-dependent shape: lengths and targets are read here.
        long[] inputs = inputLengths.ToArray<long>(), lengths = targetLengths.ToArray<long>(), labels = targets.ToArray<long>();
        if (inputs.Length != n || lengths.Length != n) throw OperationError.Argument("ctc_loss", $"input_lengths and target_lengths must be of size batch_size {n}, got {inputs.Length} and {lengths.Length}");
        long longest = 0, at = 0;
        for (int i = 0; i < n; i++)
        {
            if (inputs[i] < 0 || inputs[i] > steps) throw OperationError.Argument("ctc_loss", $"expected input_lengths to have value at most {steps} and not below 0, but got value {inputs[i]}");
            if (lengths[i] < 0 || (targets.Ndim == 2 && lengths[i] > targets.Shape[1])) throw OperationError.Argument("ctc_loss", $"expected target lengths to fit targets {OperationError.Text(targets.Shape)}, but got value {lengths[i]}");
            longest = Math.Max(longest, lengths[i]);
            at += lengths[i];
        }
        if (targets.Ndim == 1 ? at != labels.Length : targets.Ndim != 2 || targets.Shape[0] != n)
            throw OperationError.Argument("ctc_loss", $"expected targets [{n}, s], or one dimension of {at} elements (the sum of target_lengths), got {OperationError.Text(targets.Shape)}");

        // Blanks stand before, between and after the labels; a label can be reached from the one before if the two differ.
        long width = 2 * longest + 1;
        var extended = new long[n * width];
        var skips = new double[n * width];
        var ends = new long[n * 2];
        var lost = new double[n * 2];
        Array.Fill(extended, blank);
        Array.Fill(skips, double.NegativeInfinity);
        at = 0;
        for (int i = 0; i < n; i++)
        {
            long start = targets.Ndim == 1 ? at : i * targets.Shape[1];
            for (long s = 0; s < lengths[i]; s++)
            {
                long label = labels[start + s];
                if (label < 0 || label >= classes || label == blank) throw OperationError.Argument("ctc_loss", $"expected targets to be classes from 0 to {classes - 1} other than the blank {blank}, but got {label}");
                extended[i * width + 2 * s + 1] = label;
                if (s > 0 && label != labels[start + s - 1]) skips[i * width + 2 * s + 1] = 0;
            }
            at += lengths[i];
            (ends[2 * i], ends[2 * i + 1]) = (2 * lengths[i], Math.Max(2 * lengths[i] - 1, 0));
            if (lengths[i] == 0) lost[2 * i + 1] = double.NegativeInfinity;
        }
        var dtype = logProbs.DType;
        var path = logProbs.Gather(2, Tensor.From(extended, [1, n, width]).Expand(steps, n, width));
        var skip = Tensor.From(skips, [n, width], dtype);
        // Before the first step only the blank in front can have been reached; so step 0 is as any other.
        var first = new double[n * width];
        Array.Fill(first, double.NegativeInfinity);
        for (long i = 0; i < n; i++) first[i * width] = 0;
        var alpha = Tensor.From(first, [n, width], dtype);
        var running = Tensor.From(inputs, [n, 1]);
        for (long t = 0; t < steps; t++)
        {
            var one = alpha.PadAlong(1, 1, 0, double.NegativeInfinity).Slice(1, 0, width);
            var two = width < 2 ? one : alpha.PadAlong(1, 2, 0, double.NegativeInfinity).Slice(1, 0, width) + skip;
            var next = s_logAddExp3.Apply(alpha, one, two) + path.Select(0, t);
            alpha = Tensor.Where(running.Gt(t), next, alpha);
        }
        var last = alpha.Gather(1, Tensor.From(ends, [n, 2])) + Tensor.From(lost, [n, 2], dtype);
        var loss = -s_logAddExp3.Apply(last.Select(1, 0), last.Select(1, 1), double.NegativeInfinity);
        if (zeroInfinity) loss = Tensor.Where(loss.Eq(double.PositiveInfinity), 0.0, loss);
        return reduction switch
        {
            Reduction.None => loss,
            Reduction.Sum => loss.Sum(),
            _ => (loss / targetLengths.Reshape(n).To(dtype).Clamp(min: 1)).Mean(),
        };
    }
}
