namespace Firesteel;

public partial class Tensor
{
    /// <summary>
    /// The covariances of the rows of a matrix, whose columns are observations, with how often each was seen (integers) and how much each
    /// weighs; divided by n - correction (<c>torch.cov</c>).
    /// </summary>
    /// <exception cref="ArgumentException">More than two dimensions, or weights that do not fit.</exception>
    public Tensor Cov(long correction = 1, Tensor? fweights = null, Tensor? aweights = null)
    {
        if (Ndim > 2) throw OperationError.Argument("cov", $"expected input to have two or fewer dimensions but got an input with {Ndim} dimensions: {OperationError.Text(Shape)}");
        if (DType == DType.Bool) throw OperationError.NotSupported("cov", "bool dtype is not supported for input");
        var x = Ndim < 2 ? Reshape(1, -1) : this;
        long n = x.Shape.Sizes[1];
        if (fweights is not null)
        {
            CheckWeights("fweights", fweights, n);
            if (fweights.DType.IsFloatingPoint()) throw OperationError.NotSupported("cov", $"expected fweights to have integral dtype but got {fweights.DType.Name()}");
        }
        if (aweights is not null)
        {
            CheckWeights("aweights", aweights, n);
            if (!aweights.DType.IsFloatingPoint()) throw OperationError.NotSupported("cov", $"expected aweights to have floating point dtype but got {aweights.DType.Name()}");
        }
        var w = fweights is null ? aweights : aweights is null ? fweights : fweights.Mul(aweights);
        var total = w?.Sum() ?? From(n, DType.Int64);
        if (w is not null)
        {
            HostRoutine.Run("check of weights", [], [total.Plain()], default(ValueTuple), static (t, _) =>
            {
                if (t[0].Item() == 0) throw OperationError.Argument("cov", "weights sum to zero, can't be normalized");
            });
        }
        var centred = x.Sub((w is null ? x : x.Mul(w)).Sum(1, true).Div(total));
        var divisor = aweights is null ? total.Sub(correction) : correction == 0 ? total : total.Sub(w!.Mul(aweights).Sum().Div(total).Mul(correction));
        var products = centred.Matmul((w is null ? centred : centred.Mul(w)).T);
        return products.Div(divisor.ClampMin(0)).Squeeze();

        static void CheckWeights(string which, Tensor weights, long n)
        {
            if (weights.Ndim > 1) throw OperationError.Argument("cov", $"expected {which} to have one or fewer dimensions but got {which} with {weights.Ndim} dimensions");
            if (weights.NumElements != n) throw OperationError.Argument("cov", $"expected {which} to have the same numel as there are observations in the input but got {weights.NumElements} != {n}");
            if (weights.NumElements == 0) return;
            HostRoutine.Run("check of weights", [], [weights.Plain().Min()], which, static (t, which) =>
            {
                if (t[0].Item() < 0) throw OperationError.Argument("cov", $"{which} cannot be negative");
            });
        }
    }

    /// <summary>The correlations of the rows of a matrix, whose columns are observations (<c>torch.corrcoef</c>).</summary>
    /// <exception cref="ArgumentException">More than two dimensions.</exception>
    public Tensor Corrcoef()
    {
        if (Ndim > 2) throw OperationError.Argument("corrcoef", $"expected input to have two or fewer dimensions but got an input with {Ndim} dimensions: {OperationError.Text(Shape)}");
        var c = Cov();
        if (c.Ndim == 0) return c.Div(c);
        long n = c.Shape.Sizes[0];
        var deviations = c.Gather(1, Arange(n).Unsqueeze(1)).Sqrt();
        return c.Div(deviations).Div(deviations.T).Clamp(-1, 1);
    }

    /// <summary>The integral along a dimension by the trapezoidal rule, over points x (<c>torch.trapezoid</c>).</summary>
    /// <exception cref="ArgumentException">x does not broadcast to y.</exception>
    public static Tensor Trapezoid(Tensor y, Tensor x, long dim = -1)
    {
        int d = OperationError.Dim("trapezoid", dim, y.Ndim);
        var pairs = PairSums("trapezoid", y, d);
        return pairs.Mul(Steps("trapezoid", y, x, d)).Sum(d).Div(2);
    }

    /// <summary>The integral along a dimension by the trapezoidal rule, over points a distance dx apart, 1 if not given (<c>torch.trapezoid</c>).</summary>
    public static Tensor Trapezoid(Tensor y, Scalar? dx = null, long dim = -1)
    {
        int d = OperationError.Dim("trapezoid", dim, y.Ndim);
        return PairSums("trapezoid", y, d).Sum(d).Mul(0.5).Mul(dx?.AsDouble ?? 1);
    }

    /// <summary>Same as <see cref="Trapezoid(Tensor, Tensor, long)"/> (<c>torch.trapz</c>).</summary>
    public static Tensor Trapz(Tensor y, Tensor x, long dim = -1) => Trapezoid(y, x, dim);

    /// <summary>Same as <see cref="Trapezoid(Tensor, Scalar?, long)"/> (<c>torch.trapz</c>).</summary>
    public static Tensor Trapz(Tensor y, Scalar? dx = null, long dim = -1) => Trapezoid(y, dx, dim);

    /// <summary>The integrals along a dimension up to each point by the trapezoidal rule, over points x (<c>torch.cumulative_trapezoid</c>).</summary>
    /// <exception cref="ArgumentException">x does not broadcast to y.</exception>
    public static Tensor CumulativeTrapezoid(Tensor y, Tensor x, long dim = -1)
    {
        int d = OperationError.Dim("cumulative_trapezoid", dim, y.Ndim);
        return PairSums("cumulative_trapezoid", y, d).Mul(Steps("cumulative_trapezoid", y, x, d)).Cumsum(d).Div(2);
    }

    /// <summary>The integrals along a dimension up to each point by the trapezoidal rule, over points a distance dx apart, 1 if not given (<c>torch.cumulative_trapezoid</c>).</summary>
    public static Tensor CumulativeTrapezoid(Tensor y, Scalar? dx = null, long dim = -1)
    {
        int d = OperationError.Dim("cumulative_trapezoid", dim, y.Ndim);
        return PairSums("cumulative_trapezoid", y, d).Mul((dx?.AsDouble ?? 1) / 2).Cumsum(d);
    }

    /// <summary>The sums of neighbours along a dimension.</summary>
    private static Tensor PairSums(string name, Tensor y, int dim)
    {
        if (y.Ndim == 0 || y.DType == DType.Bool) throw OperationError.Argument(name, $"received a {(y.Ndim == 0 ? "0-dimensional" : "bool")} input for `y`, which can't be integrated");
        long size = y.Shape.Sizes[dim];
        return y.Slice(dim, 0, Math.Max(0, size - 1)).Add(y.Slice(dim, 1));
    }

    /// <summary>The distances between neighbours in x, as they broadcast to the sums of neighbours in y.</summary>
    private static Tensor Steps(string name, Tensor y, Tensor x, int dim)
    {
        if (x.Ndim == 0 || x.DType == DType.Bool) throw OperationError.Argument(name, $"received a {(x.Ndim == 0 ? "0-dimensional" : "bool")} input for `x`");
        if (x.Ndim == 1)
        {
            if (x.NumElements != y.Shape.Sizes[dim]) throw OperationError.Argument(name, $"there must be one `x` value for each sample point: {x.NumElements} and {y.Shape.Sizes[dim]} along dimension {dim} of {OperationError.Text(y.Shape)}");
            x = x.Reshape(y.Along(dim, x.NumElements));
        }
        while (x.Ndim < y.Ndim) x = x.Unsqueeze(0);
        long size = x.Shape.Sizes[dim];
        return x.Slice(dim, 1).Sub(x.Slice(dim, 0, Math.Max(0, size - 1)));
    }
}
