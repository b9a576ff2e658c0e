namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_rankOrLast = new("rank_or_last", static (rank, hasNan, last) => Expr.Where(hasNan, last, rank));

    /// <summary>
    /// The q-quantile, of all elements or along a dimension; NaN where there is one. Interpolation between two elements: <c>linear</c>, <c>lower</c>,
    /// <c>higher</c>, <c>midpoint</c> or <c>nearest</c> (<c>torch.quantile</c>).
    /// </summary>
    /// <exception cref="ArgumentException">q is not between 0 and 1, the tensor is empty, or another interpolation.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public Tensor Quantile(double q, long? dim = null, bool keepdim = false, string interpolation = "linear") =>
        QuantileOf("quantile", From(q, DType), dim, keepdim, interpolation, false);

    /// <summary>Quantiles for each of the numbers q (0-d or 1-d, of this dtype): the first dimension of the result counts them if q has one (<c>torch.quantile</c>).</summary>
    /// <exception cref="ArgumentException">q is not between 0 and 1 or has more dimensions, the tensor is empty, or another interpolation.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public Tensor Quantile(Tensor q, long? dim = null, bool keepdim = false, string interpolation = "linear") =>
        QuantileOf("quantile", q, dim, keepdim, interpolation, false);

    /// <summary>The q-quantile of the elements that are not NaN, of all or along a dimension (<c>torch.nanquantile</c>).</summary>
    /// <exception cref="ArgumentException">q is not between 0 and 1, the tensor is empty, or an unknown interpolation.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public Tensor Nanquantile(double q, long? dim = null, bool keepdim = false, string interpolation = "linear") =>
        QuantileOf("nanquantile", From(q, DType), dim, keepdim, interpolation, true);

    /// <summary>Quantiles, for each of the numbers q, of the elements that are not NaN (<c>torch.nanquantile</c>).</summary>
    /// <exception cref="ArgumentException">q is not between 0 and 1 or has more dimensions, the tensor is empty, or an unknown interpolation.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public Tensor Nanquantile(Tensor q, long? dim = null, bool keepdim = false, string interpolation = "linear") =>
        QuantileOf("nanquantile", q, dim, keepdim, interpolation, true);

    private Tensor QuantileOf(string name, Tensor q, long? dim, bool keepdim, string interpolation, bool ignoreNan)
    {
        if (DType is not (DType.Float32 or DType.Float64)) throw OperationError.NotSupported(name, $"input tensor must be either float or double dtype, got {DType.Name()}");
        if (NumElements == 0) throw OperationError.Argument(name, $"input tensor must be non-empty, got {OperationError.Text(Shape)}");
        if (q.Ndim > 1) throw OperationError.Argument(name, $"q must be a scalar or 1D tensor, got {OperationError.Text(q.Shape)}");
        if (q.DType != DType) throw OperationError.Argument(name, $"q tensor must be same dtype as the input tensor: {q.DType.Name()} and {DType.Name()}");
        if (interpolation is not ("linear" or "lower" or "higher" or "midpoint" or "nearest"))
            throw OperationError.Argument(name, $"interpolation must be one of linear, lower, higher, midpoint or nearest, but got {interpolation}");
        HostRoutine.Run("check of q", [], [new Tensor(q.Layout)], name, static (t, name) =>
        {
            foreach (double value in t[0].ToArray<double>())
                if (!(value >= 0 && value <= 1)) throw OperationError.Argument(name, $"q values must be in the range [0, 1], got {value}");
        });

        // Lines become the last dimension; the numbers q are looked up in it side by side.
        int d = dim is { } given ? OperationError.Dim(name, given, Ndim) : 0;
        var lines = dim is null || Ndim == 0 ? Reshape(-1) : Unsqueeze(-1).Transpose(d, -1).Squeeze(d);
        var sorted = lines.Sort(-1).Values;
        double last = lines.Size(-1) - 1;
        var plain = new Tensor(lines.Layout);
        var numbers = plain.Eq(plain).Sum(-1, true);
        var flatQ = q.Reshape(-1);
        var ranks = ignoreNan
            ? flatQ.Mul(numbers.Sub(1).ClampMin(0).To(DType))
            : s_rankOrLast.Apply(flatQ.Mul(last), numbers.Ne(lines.Size(-1)).To(DType), last);
        if (ranks.Ndim < sorted.Ndim) ranks = ranks.Expand([.. sorted.Shape.Sizes[..^1], flatQ.NumElements]);
        ranks = interpolation switch
        {
            "lower" => ranks.Floor(),
            "higher" => ranks.Ceil(),
            "nearest" => ranks.Round(),
            _ => ranks,
        };
        int lineDim = sorted.Ndim - 1;
        var below = ranks.Floor();
        var result = sorted.Gather(lineDim, below.To(DType.Int64));
        if (interpolation is "linear" or "midpoint")
        {
            Operand weight = interpolation == "midpoint" ? 0.5 : ranks.Sub(below);
            result = result.Lerp(sorted.Gather(lineDim, ranks.Ceil().To(DType.Int64)), weight);
        }

        // The quantiles move to the front, or away.
        var kept = ReducedShapes(name, dim is { } along ? [along] : [], keepdim).Result;
        if (q.Ndim == 0) return result.Reshape(kept);
        var order = new long[result.Ndim];
        order[0] = result.Ndim - 1;
        for (int i = 1; i < order.Length; i++) order[i] = i - 1;
        return result.Permute(order).Reshape([flatQ.NumElements, .. kept]);
    }
}
