namespace Firesteel;

public partial class Tensor
{
    private readonly record struct ScatterReduction(int Dim, ScatterOp Op);

    private static readonly Operation<ScatterReduction> s_scatterReduce = new("scatter_reduce",
        (Save.Input0 | Save.Input1 | Save.Input2 | Save.Output0, static (in s, g) => s.State.Op == ScatterOp.Multiply
            ? ProductGradientOfSelf(s, g)
            : SharesOfExtreme(s, g).Mul(s.Input(0).Eq(s.Output()))),
        (Save.None, static (in s, g) => null),
        (Save.Input0 | Save.Input1 | Save.Input2 | Save.Output0, static (in s, g) => s.State.Op == ScatterOp.Multiply
            ? ProductGradientOfSource(s, g)
            : SharesOfExtreme(s, g).Gather(s.State.Dim, s.Input(1)).Mul(s.Input(2).Eq(s.Output().Gather(s.State.Dim, s.Input(1))))));

    /// <summary>The gradient divided among all that are equal to the extreme.</summary>
    private static Tensor SharesOfExtreme(in Saved<ScatterReduction> s, Tensor g)
    {
        var winners = s.Input(2).Eq(s.Output().Gather(s.State.Dim, s.Input(1))).To(g.DType);
        return g / s.Input(0).Eq(s.Output()).To(g.DType).ScatterAdd(s.State.Dim, s.Input(1), winners);
    }

    private static Tensor ProductGradientOfSelf(in Saved<ScatterReduction> s, Tensor g)
    {
        // The product of the others: computed with 1 in the place of zeros, by which one cannot divide.
        var self = s.Input(0);
        var divisor = self.MaskedFill(self.Eq(0), 1);
        return g * divisor.ScatterReduce(s.State.Dim, s.Input(1), s.Input(2), "prod") / divisor;
    }

    private static Tensor ProductGradientOfSource(in Saved<ScatterReduction> s, Tensor g)
    {
        int dim = s.State.Dim;
        Tensor self = s.Input(0), index = s.Input(1), src = s.Input(2);
        var zero = src.Eq(0);
        var zeros = ZerosLike(self).ScatterAdd(dim, index, zero.To(src.DType)).Gather(dim, index);
        var single = zero.To(src.DType).Mul(zeros.Eq(1)).Ne(0);
        // Where the only zero is this element, the product of the others is what comes out with 1 in its place.
        var others = self.ScatterReduce(dim, index, src.MaskedFill(single, 1), "prod");
        var plain = (g * s.Output()).Gather(dim, index) / src.MaskedFill(zero, 1);
        return plain.MaskedFill(single, 0) + (g * others).Gather(dim, index).Mul(single);
    }

    /// <summary>
    /// A copy in which the values of <paramref name="src"/> that an int64 index sends to one position are reduced: <c>"sum"</c>, <c>"prod"</c>,
    /// <c>"mean"</c>, <c>"amax"</c> or <c>"amin"</c>, together with what was there if <paramref name="includeSelf"/> (<c>torch.scatter_reduce</c>).
    /// </summary>
    /// <exception cref="IndexOutOfRangeException">A position does not exist.</exception>
    /// <exception cref="ArgumentException">Other ranks or dtypes, an index that is larger than the tensors, or another reduction.</exception>
    public Tensor ScatterReduce(long dim, Tensor index, Tensor src, string reduce, bool includeSelf = true) =>
        ReducedByScatter("scatter_reduce", dim, index, src, reduce, includeSelf);

    /// <summary><see cref="ScatterReduce"/> into this tensor (<c>scatter_reduce_</c>).</summary>
    public Tensor ScatterReduceInPlace(long dim, Tensor index, Tensor src, string reduce, bool includeSelf = true) =>
        CopyInPlace(BeforeWriting(src).ScatterReduce(dim, index, src, reduce, includeSelf));

    private Tensor ReducedByScatter(string name, long dim, Tensor index, Tensor src, string reduce, bool includeSelf)
    {
        if (reduce is not ("sum" or "prod" or "mean" or "amax" or "amin")) throw OperationError.Argument(name, $"reduce argument must be either sum, prod, mean, amax or amin, got {reduce}");
        int d = CheckScatter(name, dim, index, src);
        if (index.NumElements == 0) return Clone();
        if (DType == DType.Bool) return To(DType.UInt8).ReducedByScatter(name, d, index, src.To(DType.UInt8), reduce, includeSelf).To(DType.Bool);
        src = Head(src, index.Shape);
        var start = includeSelf ? this : Scatter(d, index, Neutral(reduce, DType));
        if (reduce == "sum") return start.ScatterAdd(d, index, src);
        if (reduce == "mean")
        {
            var counts = (includeSelf ? OnesLike(this) : ZerosLike(this)).ScatterAdd(d, index, OnesLike(src));
            counts = counts.MaskedFill(counts.Eq(0), 1);
            var sum = start.ScatterAdd(d, index, src);
            return DType.IsFloatingPoint() ? sum / counts : FloorQuotient(sum, counts);
        }
        var op = reduce switch { "prod" => ScatterOp.Multiply, "amax" => ScatterOp.Max, _ => ScatterOp.Min };
        return start.Scattered(s_scatterReduce, false, d, op, index.Layout, AtLeastOneDim(src.Layout), [start, index, src], new ScatterReduction(d, op));
    }

    private static Tensor FloorQuotient(Tensor sum, Tensor counts) => s_floorQuotient.Apply(sum.To(DType.Float64), counts).To(sum.DType);

    private static readonly Pointwise s_floorQuotient = new("floor_divide", static (a, b) => Expr.Floor(a / b));

    /// <summary>The value that changes nothing in a reduction.</summary>
    private static Scalar Neutral(string reduce, DType dtype) => reduce switch
    {
        "sum" or "mean" => 0,
        "prod" => 1,
        "amax" => dtype.IsFloatingPoint() ? double.NegativeInfinity : dtype.IntegerRange().Min,
        _ => dtype.IsFloatingPoint() ? double.PositiveInfinity : dtype.IntegerRange().Max,
    };

    /// <summary>
    /// A copy in which the slices of <paramref name="source"/> that a vector of positions sends to one place are reduced: <c>"prod"</c>, <c>"mean"</c>,
    /// <c>"amax"</c> or <c>"amin"</c> (<c>Tensor.index_reduce</c>).
    /// </summary>
    /// <exception cref="IndexOutOfRangeException">A position does not exist.</exception>
    /// <exception cref="ArgumentException">Sizes or dtypes that do not fit, or another reduction.</exception>
    public Tensor IndexReduce(long dim, Tensor index, Tensor source, string reduce, bool includeSelf = true)
    {
        if (reduce is not ("prod" or "mean" or "amax" or "amin")) throw OperationError.Argument("index_reduce", $"reduce argument must be either prod, mean, amax or amin, got {reduce}");
        int d = CheckIndexWrite("index_reduce", dim, ref index, source);
        if (source.Ndim == 0) source = source.Reshape(1);
        return ReducedByScatter("index_reduce", d, new Tensor(Along(index, d, source.Shape)), source, reduce, includeSelf);
    }

    /// <summary><see cref="IndexReduce"/> into this tensor (<c>index_reduce_</c>).</summary>
    public Tensor IndexReduceInPlace(long dim, Tensor index, Tensor source, string reduce, bool includeSelf = true) =>
        CopyInPlace(BeforeWriting(source).IndexReduce(dim, index, source, reduce, includeSelf));

    /// <summary>What the gradient will read, which the write would take away.</summary>
    private Tensor BeforeWriting(Tensor source) => RequiresGrad || source.RequiresGrad ? Clone() : this;
}
