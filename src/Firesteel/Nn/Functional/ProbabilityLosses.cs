namespace Firesteel.Nn;

public static partial class Functional
{
    private static readonly ElementwiseLoss s_binaryCrossEntropy = new("binary_cross_entropy", 3,
        static x => x[2] * ((x[1] - 1) * AtLeast(Expr.Log1p(-x[0]), -100) - x[1] * AtLeast(Expr.Log(x[0]), -100)),
        static (x, g) =>
        [
            // The denominator is held away from 0, as the logarithms are: the gradient stays finite at 0 and 1.
            g * x[2] * (x[0] - x[1]) / Expr.Max((1 - x[0]) * x[0], 1e-12),
            g * x[2] * (AtLeast(Expr.Log1p(-x[0]), -100) - AtLeast(Expr.Log(x[0]), -100)),
            null,
        ]);

    // operands: logits, targets, weight, weight of positives
    private static readonly ElementwiseLoss s_binaryCrossEntropyWithLogits = new("binary_cross_entropy_with_logits", 4,
        static x => x[2] * ((1 - x[1]) * x[0] + (1 + (x[3] - 1) * x[1]) * Softplus(-x[0])));

    private static readonly ElementwiseLoss s_klDiv = new("kl_div", 2, static x =>
    {
        var safe = Expr.Where(Expr.Eq(x[1], 0), 1, x[1]);
        return safe * Expr.Log(safe) - x[1] * x[0];
    });

    private static readonly ElementwiseLoss s_klDivLog = new("kl_div", 2, static x => Expr.Exp(x[1]) * (x[1] - x[0]));

    private static Expr AtLeast(Expr x, double bound) => Expr.Where(x < bound, bound, x);

    /// <summary>log(1 + exp(x)) without overflow.</summary>
    private static Expr Softplus(Expr x) => Expr.Max(x, 0) + Expr.Log1p(Expr.Exp(-Expr.Abs(x)));

    /// <summary>The cross entropy of probabilities in [0, 1] and targets (<c>torch.nn.functional.binary_cross_entropy</c>). Logarithms are at least -100. A weight broadcasts.</summary>
    /// <exception cref="ArgumentException">The target has another shape than the input.</exception>
    public static Tensor BinaryCrossEntropy(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean)
    {
        if (target.Shape != input.Shape)
            throw OperationError.Argument("binary_cross_entropy", $"using a target size {OperationError.Text(target.Shape)} that is different to the input size {OperationError.Text(input.Shape)} is not supported; ensure they have the same size");
        return s_binaryCrossEntropy.Run(reduction, input, target, weight is null ? 1 : weight);
    }

    /// <summary>The cross entropy of logits and targets, stable for large logits (<c>torch.nn.functional.binary_cross_entropy_with_logits</c>). Weights broadcast.</summary>
    /// <exception cref="ArgumentException">The target has another shape than the input.</exception>
    public static Tensor BinaryCrossEntropyWithLogits(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean, Tensor? posWeight = null)
    {
        if (target.Shape != input.Shape)
            throw OperationError.Argument("binary_cross_entropy_with_logits", $"target size {OperationError.Text(target.Shape)} must be the same as input size {OperationError.Text(input.Shape)}");
        return s_binaryCrossEntropyWithLogits.Run(reduction, input, target, weight is null ? 1 : weight, posWeight is null ? 1 : posWeight);
    }

    /// <summary>The Kullback-Leibler divergence of targets from log-probabilities (<c>torch.nn.functional.kl_div</c>); the targets are logarithms too if <paramref name="logTarget"/>.</summary>
    public static Tensor KlDiv(Tensor input, Tensor target, Reduction reduction = Reduction.Mean, bool logTarget = false)
    {
        var loss = logTarget ? s_klDivLog : s_klDiv;
        if (reduction != Reduction.BatchMean) return loss.Run(reduction, input, target);
        var sum = loss.Run(Reduction.Sum, input, target);
        return input.Ndim == 0 ? sum : sum / input.Shape[0];
    }
}
