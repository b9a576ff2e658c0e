namespace Firesteel;

public partial class Tensor
{
    private static readonly Operation<(int Dim, bool Reverse)> s_cumsum = new("cumsum",
        (Save.None, static (in s, g) => g.RunningSum(s.State.Dim, !s.State.Reverse)));

    private static readonly Operation<int> s_cumprod = new("cumprod",
        (Save.Input0, static (in s, g) => s.Input(0).CumprodBackward(g, s.State)));

    private static readonly Operation<(Shape Input, Shape Kept, int Dim)> s_cummax = Selecting("cummax"), s_cummin = Selecting("cummin");

    // The parts of g of either sign are handled as logarithms, so nothing overflows on the way.
    private static readonly Operation<(int Dim, bool Reverse)> s_logcumsumexp = new("logcumsumexp",
        (Save.Input0 | Save.Output0, static (in s, g) =>
        {
            Tensor x = s.Input(0), y = s.Output();
            var (dim, reverse) = s.State;
            var positive = LogOrLowest(g).Sub(y).RunningLogSumExp(dim, !reverse).Add(x).Exp();
            return positive.Sub(LogOrLowest(g.Neg()).Sub(y).RunningLogSumExp(dim, !reverse).Add(x).Exp());
        }));

    // Low enough that its exponential is 0, and finite even in float16.
    private static readonly Pointwise s_logOrLowest = new("log_or_lowest",
        static x => Expr.Where(x > 0, Expr.Log(Expr.Where(x > 0, x, 1)), -60000), null, ResultType.Promoted);

    private static Tensor LogOrLowest(Tensor x) => s_logOrLowest.Apply(x);

    /// <summary>The running sum along a dimension; integers and bool add up to int64 (<c>torch.cumsum</c>).</summary>
    public Tensor Cumsum(long dim, DType? dtype = null) => ProdInput(dtype).RunningSum(OperationError.Dim("cumsum", dim, Ndim), false);

    /// <summary><see cref="Cumsum"/> into this tensor (<c>cumsum_</c>).</summary>
    public Tensor CumsumInPlace(long dim) => CopyInPlace(Cumsum(dim, DType));

    /// <summary>The running product along a dimension; integers and bool multiply to int64 (<c>torch.cumprod</c>).</summary>
    public Tensor Cumprod(long dim, DType? dtype = null)
    {
        var input = ProdInput(dtype);
        int d = OperationError.Dim("cumprod", dim, Ndim);
        return s_cumprod.Record(input.Scanned(ScanOp.Prod, d, false), [input], d);
    }

    /// <summary><see cref="Cumprod"/> into this tensor (<c>cumprod_</c>).</summary>
    public Tensor CumprodInPlace(long dim) => CopyInPlace(InPlace.Original(this).Cumprod(dim, DType));

    /// <summary>The running maximum along a dimension, and the int64 position of each, the last of equals (<c>torch.cummax</c>).</summary>
    public (Tensor Values, Tensor Indices) Cummax(long dim) => RunningExtreme("cummax", s_cummax, ScanOp.Max, dim);

    /// <summary>The running minimum along a dimension, and the int64 position of each, the last of equals (<c>torch.cummin</c>).</summary>
    public (Tensor Values, Tensor Indices) Cummin(long dim) => RunningExtreme("cummin", s_cummin, ScanOp.Min, dim);

    /// <summary>The logarithm of the running sum of exp(x) along a dimension, without overflow (<c>torch.logcumsumexp</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    public Tensor Logcumsumexp(long dim)
    {
        if (!DType.IsFloatingPoint()) throw OperationError.NotSupported("logcumsumexp", $"not implemented for {DType.Name()} {OperationError.Text(Shape)}. Convert with To(DType.Float32) first");
        return RunningLogSumExp(OperationError.Dim("logcumsumexp", dim, Ndim), false);
    }

    private Tensor RunningSum(int dim, bool reverse) => s_cumsum.Record(Scanned(ScanOp.Sum, dim, reverse), [this], (dim, reverse));

    private Tensor RunningLogSumExp(int dim, bool reverse) => s_logcumsumexp.Record(Scanned(ScanOp.LogSumExp, dim, reverse), [this], (dim, reverse));

    private (Tensor Values, Tensor Indices) RunningExtreme(string name, Operation<(Shape, Shape, int)> operation, ScanOp op, long dim)
    {
        int d = OperationError.Dim(name, dim, Ndim);
        View values = Allocate(Shape, DType, Device), indices = Allocate(Shape, DType.Int64, Device);
        Device.Run(new KernelCall(new ScanKernel(op, d), [values, indices], [Layout]));
        var results = operation.RecordMany([values, indices], [this], (Shape, Shape, d));
        return (results[0], results[1]);
    }

    /// <summary>A scan from the start or from the end: the same kernel over views that run backwards.</summary>
    private View Scanned(ScanOp op, int dim, bool reverse)
    {
        var view = Allocate(Shape, DType, Device);
        Device.Run(new KernelCall(new ScanKernel(op, dim), [reverse ? Backwards(view, dim) : view], [reverse ? Backwards(Layout, dim) : Layout]));
        return view;
    }

    private static View Backwards(in View view, int dim)
    {
        if (view.Shape.Length == 0 || view.Shape.NumElements == 0) return view;
        long[] strides = [.. view.Strides];
        long last = view.Offset + (view.Shape.Sizes[dim] - 1) * strides[dim];
        strides[dim] = -strides[dim];
        return view.With(view.Shape, strides, last);
    }

    /// <summary>
    /// The gradient at k is the product of all before k, times S[k] = g[k] + x[k+1] S[k+1]. That recurrence is solved by doubling: after
    /// each step S[k] = b[k] + a[k] S[k + d] reaches twice as far. No division, so zeros are no special case.
    /// </summary>
    private Tensor CumprodBackward(Tensor g, int dim)
    {
        if (Ndim == 0 || NumElements == 0) return g.Mul(1);
        long n = Shape.Sizes[dim];
        var b = g;
        var a = Slice(dim, 1).PadAlong(dim, 0, 1, 0);
        for (long d = 1; d < n; d *= 2)
        {
            b = b.Add(a.Mul(b.Slice(dim, d).PadAlong(dim, 0, d, 0)));
            if (2 * d < n) a = a.Mul(a.Slice(dim, d).PadAlong(dim, 0, d, 0));
        }
        return b.Mul(Slice(dim, 0, n - 1).Cumprod(dim).PadAlong(dim, 1, 0, 1));
    }
}
