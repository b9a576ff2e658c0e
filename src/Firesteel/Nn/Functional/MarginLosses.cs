namespace Firesteel.Nn;

public static partial class Functional
{
    private static readonly ElementwiseLoss s_marginRanking = new("margin_ranking_loss", 4, static x => Positive(-x[2] * (x[0] - x[1]) + x[3]));
    private static readonly ElementwiseLoss s_hingeEmbedding = new("hinge_embedding_loss", 3, static x =>
        Expr.Where(Expr.Ne(x[1], 1), Positive(x[2] - x[0]), 0) + Expr.Where(Expr.Ne(x[1], -1), x[0], 0));

    private static readonly ElementwiseLoss s_softMargin = new("soft_margin_loss", 2, static x => Softplus(-x[1] * x[0]));

    // operands: dot product, squared lengths of both, target, margin
    private static readonly ElementwiseLoss s_cosineEmbedding = new("cosine_embedding_loss", 5, static x =>
    {
        var cosine = x[0] / Expr.Sqrt((x[1] + 1e-12) * (x[2] + 1e-12));
        return Expr.Where(Expr.Eq(x[3], 1), 1 - cosine, 0) + Expr.Where(Expr.Eq(x[3], -1), Positive(cosine - x[4]), 0);
    });

    // operands: distance to the positive, distance to the negative, margin
    private static readonly ElementwiseLoss s_triplet = new("triplet_margin_loss", 3, static x => Positive(x[2] + x[0] - x[1]));

    // operands: score, score of the target, margin, exponent (1 or 2), weight (0 at the target itself)
    private static readonly Pointwise s_multiMargin = new("multi_margin_loss", 5, static x =>
    {
        var z = x[2] - x[1] + x[0];
        return x[4] * Expr.Where(z > 0, Expr.Where(Expr.Eq(x[3], 1), z, z * z), 0);
    }, null, ResultType.Floating);

    // operands: score of a target, another score, 1 where the pair counts
    private static readonly Pointwise s_multilabelMargin = new("multilabel_margin_loss", static (t, x, counts) =>
    {
        var z = 1 - (t - x);
        return counts * Expr.Where(z > 0, z, 0);
    }, ResultType.Floating);

    private static readonly Pointwise s_multilabelSoftMargin = new("multilabel_soft_margin_loss", static (x, t, w) =>
        w * (t * Softplus(-x) + (1 - t) * Softplus(x)), ResultType.Floating);

    private static readonly Pointwise s_bothTrue = new("multilabel_pairs", static (valid, isTarget) => valid * (1 - isTarget));

    /// <summary>The positive part; its gradient at 0 is 1, as that of <c>clamp_min</c>.</summary>
    private static Expr Positive(Expr x) => Expr.Where(x >= 0, x, 0);

    /// <summary><c>max(0, -target * (input1 - input2) + margin)</c> for targets 1 and -1 (<c>torch.nn.functional.margin_ranking_loss</c>).</summary>
    /// <exception cref="ArgumentException">Tensors of different ranks, or shapes that do not broadcast.</exception>
    public static Tensor MarginRankingLoss(Tensor input1, Tensor input2, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean)
    {
        if (input1.Ndim != input2.Ndim || input1.Ndim != target.Ndim)
            throw OperationError.Argument("margin_ranking_loss", $"all input tensors should have same dimension but got sizes: input1: {OperationError.Text(input1.Shape)}, input2: {OperationError.Text(input2.Shape)}, target: {OperationError.Text(target.Shape)}");
        return s_marginRanking.Run(reduction, input1, input2, target, margin);
    }

    /// <summary>The input where the target is 1, <c>max(0, margin - input)</c> where it is -1 (<c>torch.nn.functional.hinge_embedding_loss</c>).</summary>
    public static Tensor HingeEmbeddingLoss(Tensor input, Tensor target, double margin = 1, Reduction reduction = Reduction.Mean) =>
        s_hingeEmbedding.Run(reduction, input, target, margin);

    /// <summary><c>log(1 + exp(-target * input))</c> for targets 1 and -1 (<c>torch.nn.functional.soft_margin_loss</c>).</summary>
    public static Tensor SoftMarginLoss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean) => s_softMargin.Run(reduction, input, target);

    /// <summary>1 - cos of the vectors where the target is 1, <c>max(0, cos - margin)</c> where it is -1 (<c>torch.nn.functional.cosine_embedding_loss</c>). Inputs [n, d] and target [n], or [d] and a 0-d target.</summary>
    /// <exception cref="ArgumentException">Other ranks.</exception>
    public static Tensor CosineEmbeddingLoss(Tensor input1, Tensor input2, Tensor target, double margin = 0, Reduction reduction = Reduction.Mean)
    {
        if (target.Ndim > 1) throw OperationError.Argument("cosine_embedding_loss", $"0D or 1D target tensor expected, multi-target not supported: {OperationError.Text(target.Shape)}");
        if (input1.Ndim != target.Ndim + 1 || input2.Ndim != target.Ndim + 1)
            throw OperationError.Argument("cosine_embedding_loss", $"{target.Ndim}D target tensor expects {target.Ndim + 1}D input tensors, but found inputs with sizes {OperationError.Text(input1.Shape)} and {OperationError.Text(input2.Shape)}");
        return s_cosineEmbedding.Run(reduction, (input1 * input2).Sum(-1), (input1 * input1).Sum(-1), (input2 * input2).Sum(-1), target, margin);
    }

    /// <summary><c>max(0, d(anchor, positive) - d(anchor, negative) + margin)</c> with the p-norm of the difference as distance d (<c>torch.nn.functional.triplet_margin_loss</c>).</summary>
    /// <param name="anchor">[n, d] or [d].</param>
    /// <param name="positive">Of the anchor's rank.</param>
    /// <param name="negative">Of the anchor's rank.</param>
    /// <param name="margin">How much farther the negative should be.</param>
    /// <param name="p">The norm.</param>
    /// <param name="eps">Added to every difference.</param>
    /// <param name="swap">Also looks at the distance between positive and negative, and takes the smaller.</param>
    /// <param name="reduction">What happens to the elements.</param>
    /// <exception cref="ArgumentException">Tensors of different ranks.</exception>
    public static Tensor TripletMarginLoss(Tensor anchor, Tensor positive, Tensor negative, double margin = 1, double p = 2, double eps = 1e-6, bool swap = false, Reduction reduction = Reduction.Mean)
    {
        CheckTriplet("triplet_margin_loss", anchor, positive, negative);
        return TripletMarginWithDistanceLoss(anchor, positive, negative, (a, b) => PairwiseDistance(a, b, p, eps), margin, swap, reduction);
    }

    /// <summary><c>max(0, d(anchor, positive) - d(anchor, negative) + margin)</c> with any distance d, by default the Euclidean (<c>torch.nn.functional.triplet_margin_with_distance_loss</c>).</summary>
    /// <exception cref="ArgumentException">Tensors of different ranks.</exception>
    public static Tensor TripletMarginWithDistanceLoss(Tensor anchor, Tensor positive, Tensor negative, Func<Tensor, Tensor, Tensor>? distanceFunction = null, double margin = 1, bool swap = false, Reduction reduction = Reduction.Mean)
    {
        CheckTriplet("triplet_margin_with_distance_loss", anchor, positive, negative);
        var distance = distanceFunction ?? (static (a, b) => PairwiseDistance(a, b));
        var near = distance(anchor, positive);
        var far = distance(anchor, negative);
        if (swap) far = far.Minimum(distance(positive, negative));
        return s_triplet.Run(reduction, near, far, margin);
    }

    private static void CheckTriplet(string operation, Tensor anchor, Tensor positive, Tensor negative)
    {
        if (anchor.Ndim != positive.Ndim || anchor.Ndim != negative.Ndim)
            throw OperationError.Argument(operation, $"the anchor, positive, and negative tensors are expected to have the same number of dimensions, but got: anchor {anchor.Ndim}D, positive {positive.Ndim}D, and negative {negative.Ndim}D inputs");
    }

    /// <summary>The mean over classes of <c>max(0, margin - input[target] + input[i])^p</c>, i not the target (<c>torch.nn.functional.multi_margin_loss</c>). Inputs [n, classes] or [classes].</summary>
    /// <exception cref="ArgumentException">p is neither 1 nor 2, or shapes do not fit.</exception>
    /// <exception cref="IndexOutOfRangeException">A target that is no class.</exception>
    public static Tensor MultiMarginLoss(Tensor input, Tensor target, long p = 1, double margin = 1, Tensor? weight = null, Reduction reduction = Reduction.Mean)
    {
        if (p is not (1 or 2)) throw OperationError.Argument("multi_margin_loss", $"only p == 1 and p == 2 supported, got {p}");
        if (input.Ndim > 2 || (input.NumElements == 0 && input.Ndim < 2) || (input.Ndim == 2 && input.Shape[1] == 0))
            throw OperationError.Argument("multi_margin_loss", $"expected non-empty vector or matrix with optional 0-dim batch size, but got: {OperationError.Text(input.Shape)}");
        var scores = input.Ndim == 2 ? input : input.Reshape(1, -1);
        long count = scores.Shape[0], classes = scores.Shape[1];
        if (target.Ndim > 1 || target.NumElements != count)
            throw OperationError.Argument("multi_margin_loss", $"inconsistent target size, expected {count} but got {OperationError.Text(target.Shape)}");
        if (weight is not null && weight.NumElements != classes)
            throw OperationError.Argument("multi_margin_loss", $"inconsistent weight size, expected {classes} but got {OperationError.Text(weight.Shape)}");
        var index = target.To(DType.Int64).Reshape(count, 1);
        var own = Picked(scores, index, index, -100);
        Tensor factor = Tensor.Arange(classes).Ne(index).To(scores.DType);
        if (weight is not null) factor = factor * weight.Reshape(classes).Gather(0, index.Reshape(count)).Unsqueeze(1);
        var loss = s_multiMargin.Run([scores, own, margin, p, factor]).Sum(1) / classes;
        return Reduced("multi_margin_loss", target.Ndim == 0 ? loss.Reshape([]) : loss, reduction);
    }

    /// <summary>
    /// The mean over classes of <c>max(0, 1 - (input[t] - input[i]))</c>, summed over targets t and other classes i (<c>torch.nn.functional.multilabel_margin_loss</c>).
    /// A row of targets lists classes, up to the first -1.
    /// </summary>
    /// <exception cref="ArgumentException">Target and input have different shapes.</exception>
    /// <exception cref="IndexOutOfRangeException">A target that is no class.</exception>
    public static Tensor MultilabelMarginLoss(Tensor input, Tensor target, Reduction reduction = Reduction.Mean)
    {
        if (input.Ndim > 2) throw OperationError.Argument("multilabel_margin_loss", $"expected non-empty vector or matrix with optional 0-dim batch size, but got: {OperationError.Text(input.Shape)}");
        if (target.Shape != input.Shape) throw OperationError.Argument("multilabel_margin_loss", $"inconsistent target size: {OperationError.Text(target.Shape)} for an input of size: {OperationError.Text(input.Shape)}");
        var scores = input.Ndim == 2 ? input : input.Reshape(1, -1);
        long classes = scores.Shape[1];
        var listed = target.To(DType.Int64).Reshape(scores.Shape);
        // A target counts if no -1 stands before it: the running minimum is not negative.
        var running = new Tensor(Tensor.Allocate(scores.Shape, DType.Int64, scores.Device));
        var positions = Tensor.Allocate(scores.Shape, DType.Int64, scores.Device);
        scores.Device.Run(new KernelCall(new ScanKernel(ScanOp.Min, 1), [running.Layout, positions], [listed.Layout]));
        var valid = running.Ge(0);
        var index = listed * valid.To(DType.Int64);
        var counts = valid.To(scores.DType);
        var isTarget = counts.PlaceAt(1, index, scores.Shape).Gt(0).To(scores.DType);
        var pairs = s_bothTrue.Apply(counts.Unsqueeze(2), isTarget.Unsqueeze(1));
        var own = Picked(scores, index, index, -100);
        var loss = s_multilabelMargin.Apply(own.Unsqueeze(2), scores.Unsqueeze(1), pairs).Sum([1, 2]) / classes;
        return Reduced("multilabel_margin_loss", input.Ndim == 2 ? loss : loss.Reshape([]), reduction);
    }

    /// <summary>The binary cross entropy of logits [n, classes] with targets 0 and 1, as a mean over classes (<c>torch.nn.functional.multilabel_soft_margin_loss</c>). A weight broadcasts.</summary>
    public static Tensor MultilabelSoftMarginLoss(Tensor input, Tensor target, Tensor? weight = null, Reduction reduction = Reduction.Mean) =>
        Reduced("multilabel_soft_margin_loss", s_multilabelSoftMargin.Apply(input, target, weight is null ? 1 : weight).Mean(-1), reduction);
}
