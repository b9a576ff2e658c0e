namespace Firesteel.Nn;

public static partial class Functional
{
    // Inputs: log-probabilities [n, classes, ...], int64 class [n, 1, ...], factor of each element [n, 1, ...] (0 where ignored).
    private static readonly (Save, GradientFormula<(Shape Input, bool Reduced)>)[] s_nllGradients =
    [
        (Save.Input1 | Save.Input2, static (in s, g) => (s.Input(2) * -(s.State.Reduced ? g : g.Unsqueeze(1))).PlaceAt(1, s.Input(1), s.State.Input)),
        (Save.None, static (in s, g) => null),
        (Save.None, static (in s, g) => null),
    ];

    private static readonly Operation<(Shape Input, bool Reduced)> s_nll = new("nll_loss", s_nllGradients), s_nll2d = new("nll_loss2D", s_nllGradients);
    private static readonly Pointwise s_classOrZero = new("nll_class", static (t, ignored) => Expr.Where(Expr.Eq(t, ignored), 0, t));
    private static readonly Pointwise s_factor = new("nll_factor", static (t, ignored, w) => Expr.Where(Expr.Eq(t, ignored), 0, w));
    private static readonly Pointwise s_negatedProduct = new("nll_value", static (p, w) => Expr.Where(Expr.Eq(w, 0), 0, -(p * w)));

    /// <summary>
    /// The negative log-likelihood of classes (<c>torch.nn.functional.nll_loss</c>): input holds log-probabilities [n, classes, ...] or [classes],
    /// target integer classes [n, ...] or 0-d. The mean is weighted by the classes' weights, and ignored targets do not count.
    /// </summary>
    /// <exception cref="ArgumentException">Shapes that do not fit, or targets that are not integers.</exception>
    /// <exception cref="IndexOutOfRangeException">A target that is no class and not <paramref name="ignoreIndex"/>.</exception>
    public static Tensor NllLoss(Tensor input, Tensor target, Tensor? weight = null, long ignoreIndex = -100, Reduction reduction = Reduction.Mean) =>
        NllLoss(input, target, weight, ignoreIndex, reduction, out _);

    private static Tensor NllLoss(Tensor input, Tensor target, Tensor? weight, long ignoreIndex, Reduction reduction, out Tensor factors)
    {
        CheckReduction("nll_loss", reduction);
        CheckClasses(input, target, weight);
        if (input.Ndim == 1)
        {
            var loss = NllLoss(input.Unsqueeze(0), target.Unsqueeze(0), weight, ignoreIndex, reduction, out factors);
            return reduction == Reduction.None ? loss.Squeeze(0) : loss;
        }
        var classes = s_classOrZero.Apply(target.DType == DType.Int64 ? target : target.To(DType.Int64), ignoreIndex).Unsqueeze(1);
        var picked = Picked(new Tensor(input.Layout), classes, target, ignoreIndex);
        Operand w = weight is null ? 1.0 : Picked(new Tensor(weight.Layout), classes.Reshape(classes.NumElements), target, ignoreIndex).Reshape(classes.Shape);
        factors = s_factor.Apply(target.Unsqueeze(1), ignoreIndex, w).To(input.DType);
        if (reduction == Reduction.Mean) factors = factors / factors.Sum();
        var values = s_negatedProduct.Apply(picked, factors).Squeeze(1);
        var result = reduction == Reduction.None ? values : values.Sum();
        return (input.Ndim == 2 ? s_nll : s_nll2d).Record(result.Layout, [input, classes, factors], (input.Shape, reduction != Reduction.None));
    }

    /// <summary>The elements of the targets' classes; an error names the target and the number of classes.</summary>
    private static Tensor Picked(Tensor x, Tensor classes, Tensor target, long ignoreIndex)
    {
        int dim = x.Ndim == 1 ? 0 : 1;
        try
        {
            return x.Gather(dim, classes);
        }
        catch (IndexOutOfRangeException)
        {
            throw NoClass(target, x.Shape[dim], ignoreIndex);
        }
    }

    private static IndexOutOfRangeException NoClass(Tensor target, long count, long ignoreIndex)
    {
        long wrong = Array.Find(Recorder.Aside(target.ToArray<long>), t => t != ignoreIndex && (t < 0 || t >= count));
        return OperationError.Index("nll_loss", $"target {wrong} is out of bounds: there are {count} classes, 0 to {count - 1} (ignoreIndex is {ignoreIndex})");
    }

    private static void CheckClasses(Tensor input, Tensor target, Tensor? weight)
    {
        if (input.Ndim == 0) throw OperationError.Argument("nll_loss", "expected 1 or more dimensions, got a 0-d input");
        if (!target.DType.IsInteger()) throw OperationError.Argument("nll_loss", $"expected integer classes as target, got {target.DType.Name()}; convert with To(DType.Int64)");
        if (!input.DType.IsFloatingPoint()) throw OperationError.NotSupported("nll_loss", $"not implemented for an input of {input.DType.Name()}; convert with To(DType.Float32)");
        if (input.Ndim > 1 && target.Ndim > 0 && input.Shape[0] != target.Shape[0])
            throw OperationError.Argument("nll_loss", $"expected input batch_size ({input.Shape[0]}) to match target batch_size ({target.Shape[0]}): {OperationError.Text(input.Shape)} and {OperationError.Text(target.Shape)}");
        long[] expected = input.Ndim == 1 ? [] : [input.Shape[0], .. input.Shape[2..]];
        if (!target.Shape.AsSpan().SequenceEqual(expected))
            throw OperationError.Argument("nll_loss", $"expected target size {OperationError.Text(expected)} for input {OperationError.Text(input.Shape)}, got {OperationError.Text(target.Shape)}");
        long classes = input.Shape[input.Ndim == 1 ? 0 : 1];
        if (weight is not null && (weight.Ndim != 1 || weight.Shape[0] != classes))
            throw OperationError.Argument("nll_loss", $"weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of shape {OperationError.Text(weight.Shape)}");
    }

    /// <summary>
    /// The cross entropy of logits [n, classes, ...] (or [classes]) and targets (<c>torch.nn.functional.cross_entropy</c>), which are integer classes
    /// [n, ...], or floating-point probabilities of the shape of the input.
    /// </summary>
    /// <param name="input">Logits.</param>
    /// <param name="target">Classes or probabilities.</param>
    /// <param name="weight">A factor for every class.</param>
    /// <param name="ignoreIndex">Targets of this class do not count.</param>
    /// <param name="reduction">What happens to the elements; the mean is weighted.</param>
    /// <param name="labelSmoothing">The part, from 0 to 1, of every target that is spread evenly over all classes.</param>
    /// <exception cref="ArgumentException">Shapes that do not fit, or a smoothing outside 0..1.</exception>
    /// <exception cref="IndexOutOfRangeException">A target that is no class and not <paramref name="ignoreIndex"/>.</exception>
    public static Tensor CrossEntropy(Tensor input, Tensor target, Tensor? weight = null, long ignoreIndex = -100, Reduction reduction = Reduction.Mean, double labelSmoothing = 0)
    {
        CheckReduction("cross_entropy", reduction);
        if (!(labelSmoothing is >= 0 and <= 1)) throw OperationError.Argument("cross_entropy", $"label_smoothing must be between 0.0 and 1.0, got {labelSmoothing}");
        if (input.Ndim == 0) throw OperationError.Argument("cross_entropy", "expected 1 or more dimensions, got a 0-d input");
        int dim = input.Ndim == 1 ? 0 : 1;
        if (input.Shape == target.Shape) return CrossEntropyOfProbabilities(input, target, weight, reduction, labelSmoothing, dim);
        if (target.DType.IsFloatingPoint())
            throw OperationError.Argument("cross_entropy", $"a target of {target.DType.Name()} holds probabilities and needs the shape of the input {OperationError.Text(input.Shape)}, got {OperationError.Text(target.Shape)}; classes are integers");
        if (input is { Ndim: >= 2, DType: DType.Float32, NumElements: > 0 } && (weight is null || (labelSmoothing == 0 && weight.DType == DType.Float32)))
            return FusedCrossEntropy(input.Ndim == 2 ? s_crossEntropy : s_crossEntropy2d, input, target, weight, ignoreIndex, reduction, labelSmoothing);
        return CrossEntropyOfClasses(input, target, weight, ignoreIndex, reduction, labelSmoothing, dim);
    }

    private readonly record struct CrossEntropyState(long IgnoreIndex, Reduction Reduction, double LabelSmoothing, bool HasWeight);

    private static readonly FusedOperation<CrossEntropyState> s_crossEntropy = FusedCrossEntropyOf("nll_loss"), s_crossEntropy2d = FusedCrossEntropyOf("nll_loss2D");

    private static FusedOperation<CrossEntropyState> FusedCrossEntropyOf(string name) => new(name, Save.None,
        static (x, s) => [CrossEntropyOfClasses(x[0], x[1], s.HasWeight ? x[2] : null, s.IgnoreIndex, s.Reduction, s.LabelSmoothing, 1)],
        static (in s, g, results) =>
        {
            var input = s.Input(0);
            var result = Tensor.Allocate(input.Shape, DType.Float32, input.Device);
            var (ignoreIndex, reduction, labelSmoothing, hasWeight) = s.State;
            input.Device.Run(new KernelCall(new FusedKernel(FusedOp.CrossEntropyBackward), [result],
            [
                input.Contiguous().Layout, s.Input(1).Layout, hasWeight ? s.Input(2).Contiguous().Layout : new KernelInput((Scalar)1), (Scalar)ignoreIndex, (Scalar)labelSmoothing,
                (Scalar)(reduction == Reduction.Mean ? 1 : 0), s.Output(1).Layout, s.Output(2).Layout, g.Contiguous().Layout,
            ]));
            results[0] = new Tensor(result);
        });

    /// <summary>Logits of float32 in one pass. Only the largest logit and the logarithm of the sum are kept for backward, not the probabilities.</summary>
    private static Tensor FusedCrossEntropy(FusedOperation<CrossEntropyState> operation, Tensor input, Tensor target, Tensor? weight, long ignoreIndex, Reduction reduction, double labelSmoothing)
    {
        CheckClasses(input, target, weight);
        var classes = new Tensor(target.Layout).To(DType.Int64).Contiguous();
        var loss = Tensor.Allocate(reduction == Reduction.None ? target.Shape : Shape.Scalar, DType.Float32, input.Device);
        var statistics = Tensor.Allocate(Shape.Create([2, target.NumElements]), DType.Float32, input.Device);
        var sumOfWeights = Tensor.Allocate(Shape.Create([1]), DType.Float32, input.Device);
        try
        {
            input.Device.Run(new KernelCall(new FusedKernel(FusedOp.CrossEntropy), [loss, statistics, sumOfWeights],
            [
                new Tensor(input.Layout).Contiguous().Layout, classes.Layout, weight is null ? new KernelInput((Scalar)1) : new Tensor(weight.Layout).Contiguous().Layout, (Scalar)ignoreIndex,
                (Scalar)labelSmoothing, (Scalar)(reduction == Reduction.Mean ? 1 : 0),
            ]));
        }
        catch (IndexOutOfRangeException)
        {
            throw NoClass(target, input.Shape[1], ignoreIndex);
        }
        ReadOnlySpan<Tensor> inputs = weight is null ? [input, classes] : [input, classes, new Tensor(weight.Layout)];
        return operation.Record(loss, [statistics, sumOfWeights], inputs, new(ignoreIndex, reduction, labelSmoothing, weight is not null));
    }

    private static Tensor CrossEntropyOfClasses(Tensor input, Tensor target, Tensor? weight, long ignoreIndex, Reduction reduction, double labelSmoothing, int dim)
    {
        var logProbabilities = input.LogSoftmax(dim);
        if (labelSmoothing == 0) return NllLoss(logProbabilities, target, weight, ignoreIndex, reduction);

        long classes = input.Shape[dim];
        var likelihood = NllLoss(logProbabilities, target, weight, ignoreIndex, reduction, out var factors);
        var spread = weight is null ? logProbabilities : logProbabilities * weight.Reshape(PerClass(input, dim, classes));
        // Every element counts as the target's own loss does, except that the class's weight is inside the sum already.
        var count = s_factor.Apply(target, ignoreIndex, 1.0).To(input.DType);
        var smooth = s_negatedProduct.Apply(spread.Sum(dim), count);
        smooth = reduction switch
        {
            Reduction.None => smooth,
            Reduction.Sum => smooth.Sum(),
            _ => smooth.Sum() / (weight is null ? count.Sum() : WeightOf(target, weight, ignoreIndex).To(input.DType)),
        };
        return likelihood * (1 - labelSmoothing) + smooth * (labelSmoothing / classes);
    }

    /// <summary>The sum of the weights of the targets that count.</summary>
    private static Tensor WeightOf(Tensor target, Tensor weight, long ignoreIndex)
    {
        var flat = target.To(DType.Int64).Reshape(target.NumElements);
        return s_factor.Apply(flat, ignoreIndex, new Tensor(weight.Layout).Gather(0, s_classOrZero.Apply(flat, ignoreIndex))).Sum();
    }

    private static long[] PerClass(Tensor input, int dim, long classes)
    {
        var sizes = new long[input.Ndim];
        Array.Fill(sizes, 1);
        sizes[dim] = classes;
        return sizes;
    }

    private static Tensor CrossEntropyOfProbabilities(Tensor input, Tensor target, Tensor? weight, Reduction reduction, double labelSmoothing, int dim)
    {
        if (!target.DType.IsFloatingPoint())
            throw OperationError.Argument("cross_entropy", $"expected floating point type for target with class probabilities, got {target.DType.Name()}");
        long classes = input.Shape[dim];
        if (weight is not null && (weight.Ndim != 1 || weight.Shape[0] != classes))
            throw OperationError.Argument("cross_entropy", $"weight tensor should be defined either for all {classes} classes or no classes but got weight tensor of shape {OperationError.Text(weight.Shape)}");
        if (labelSmoothing > 0) target = target * (1 - labelSmoothing) + labelSmoothing / classes;
        var products = input.LogSoftmax(dim) * target;
        if (weight is not null) products = products * weight.Reshape(PerClass(input, dim, classes));
        return reduction switch
        {
            Reduction.None => -products.Sum(dim),
            Reduction.Sum => -products.Sum(),
            _ => -products.Sum() / ((double)input.NumElements / classes),
        };
    }
}
