namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_expOfDifference = new("exp_difference", static (x, y) => Expr.Exp(x - y));
    private static readonly Pointwise s_logSoftmaxOf = new("log_softmax", static (x, max, sum) => x - max - Expr.Log(sum));
    private static readonly Pointwise s_logPlus = new("log_plus", static (sum, max) => Expr.Log(sum) + max);

    // A row whose largest element is infinite would give inf - inf.
    private static readonly Pointwise s_finiteOrZero = new("finite_or_zero", static x => Expr.Where(Expr.Eq(x - x, 0), x, 0), null, ResultType.Promoted);

    private static readonly Operation<int> s_softmax = new("softmax",
        (Save.Output0, static (in s, g) => Fused(FusedOp.SoftmaxBackward, s.Output(), g, s.State) ?? s.Output().Mul(g.Sub(g.Mul(s.Output()).Sum(s.State, true)))));

    private static readonly Operation<int> s_logSoftmax = new("log_softmax",
        (Save.Output0, static (in s, g) => Fused(FusedOp.LogSoftmaxBackward, s.Output(), g, s.State) ?? g.Sub(s.Output().Exp().Mul(g.Sum(s.State, true)))));

    private static readonly Operation<Shape> s_logsumexp = new("logsumexp",
        (Save.Input0 | Save.Output0, static (in s, g) => g.Reshape(s.State).Mul(s_expOfDifference.Apply(s.Input(0), s.Output().Reshape(s.State)))));

    /// <summary>exp(x) divided by its sum along a dimension, without overflow (<c>torch.softmax</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point and none was given.</exception>
    public Tensor Softmax(long dim, DType? dtype = null)
    {
        var input = SoftmaxInput("softmax", dtype);
        int d = OperationError.Dim("softmax", dim, Ndim);
        if (NumElements == 0) return s_softmax.Record(input.CopyTo(input.DType), [input], d);
        var x = input.Wide();
        if (x.DType == DType.Float32) return s_softmax.Record(Fused(FusedOp.Softmax, x, d).To(input.DType).Layout, [input], d);
        var e = s_expOfDifference.Apply(x, x.Amax(d, true));
        e.DivInPlace(e.Sum(d, true));
        return s_softmax.Record(e.To(input.DType).Layout, [input], d);
    }

    /// <summary>The logarithm of <see cref="Softmax"/>, exact where that underflows (<c>torch.log_softmax</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point and none was given.</exception>
    public Tensor LogSoftmax(long dim, DType? dtype = null)
    {
        var input = SoftmaxInput("log_softmax", dtype);
        int d = OperationError.Dim("log_softmax", dim, Ndim);
        if (NumElements == 0) return s_logSoftmax.Record(input.CopyTo(input.DType), [input], d);
        var x = input.Wide();
        if (x.DType == DType.Float32) return s_logSoftmax.Record(Fused(FusedOp.LogSoftmax, x, d).To(input.DType).Layout, [input], d);
        var max = x.Amax(d, true);
        var sum = s_expOfDifference.Apply(x, max).Sum(d, true);
        return s_logSoftmax.Record(s_logSoftmaxOf.Apply(x, max, sum).To(input.DType).Layout, [input], d);
    }

    /// <summary>log(sum(exp(x))) along dimensions, without overflow; integers give float32 (<c>torch.logsumexp</c>).</summary>
    public Tensor Logsumexp(ReadOnlySpan<long> dim, bool keepdim = false)
    {
        var (kept, shape) = ReducedShapes("logsumexp", dim, keepdim);
        var input = Floating();
        var x = input.Wide();
        var max = NumElements == 0 ? Zeros(kept, x.DType) : s_finiteOrZero.Apply(new Tensor(x.Reduced(ReduceOp.Max, kept, x.DType)));
        var sum = new Tensor(s_expOfDifference.Apply(x, max).Reduced(ReduceOp.Sum, kept, x.DType));
        return s_logsumexp.Record(s_logPlus.Apply(sum, max).To(input.DType).Layout.With(shape), [input], kept);
    }

    /// <summary>log(sum(exp(x))) along a dimension, without overflow; integers give float32 (<c>torch.logsumexp</c>).</summary>
    public Tensor Logsumexp(long dim, bool keepdim = false) => Logsumexp([dim], keepdim);

    /// <summary>A kernel that makes a tensor of the same shape, unrecorded.</summary>
    private static Tensor Fused(FusedOp op, Tensor x, int dim)
    {
        var y = Allocate(x.Shape, DType.Float32, x.Device);
        x.Device.Run(new KernelCall(new FusedKernel(op, dim), [y], [x.Layout.IsContiguous ? x.Layout : x.CopyTo(DType.Float32)]));
        return new Tensor(y);
    }

    /// <summary>The gradient by its kernel; null where that does not do, or where the gradient is recorded itself.</summary>
    private static Tensor? Fused(FusedOp op, Tensor y, Tensor g, int dim)
    {
        if (GradMode.Enabled || y.DType != DType.Float32 || g.DType != DType.Float32 || y.NumElements == 0) return null;
        var result = Allocate(y.Shape, DType.Float32, y.Device);
        y.Device.Run(new KernelCall(new FusedKernel(op, dim), [result], [y.Layout, g.Contiguous().Layout]));
        return new Tensor(result);
    }

    private Tensor SoftmaxInput(string name, DType? dtype)
    {
        var input = dtype is { } wanted ? To(wanted) : this;
        return input.DType.IsFloatingPoint() ? input
            : throw OperationError.NotSupported(name, $"not implemented for {input.DType.Name()} {OperationError.Text(Shape)}. Pass dtype: DType.Float32");
    }
}
