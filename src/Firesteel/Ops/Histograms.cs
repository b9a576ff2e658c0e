namespace Firesteel;

public partial class Tensor
{
    /// <summary>How often each number from 0 up occurs in a vector of integers, int64; or the sum of the weights of its occurrences. Waits for the device (<c>torch.bincount</c>).</summary>
    /// <exception cref="ArgumentException">More than one dimension, negative elements, other weights, or a negative minlength.</exception>
    /// <exception cref="NotSupportedException">The dtype is not an integer.</exception>
    public Tensor Bincount(Tensor? weights = null, long minlength = 0)
    {
        if (DType.IsFloatingPoint() || DType == DType.Bool) throw OperationError.NotSupported("bincount", $"only supports integral inputs, got {DType.Name()}");
        if (minlength < 0) throw OperationError.Argument("bincount", $"minlength should be >= 0, got {minlength}");
        if (Ndim != 1) throw OperationError.Argument("bincount", $"only supports 1-d non-negative integral inputs, got {OperationError.Text(Shape)}");
        if (weights is not null && weights.Shape != Shape) throw OperationError.Argument("bincount", $"weights should be 1-d and have the same length as input: {OperationError.Text(weights.Shape)} and {OperationError.Text(Shape)}");
        if (NumElements == 0) return Zeros([minlength], DType.Int64);
        var index = Plain().To(DType.Int64);
        long smallest = (long)index.Min().Item(), largest = (long)index.Max().Item();
        if (smallest < 0) throw OperationError.Argument("bincount", $"only supports 1-d non-negative integral inputs, got {smallest}");
        var weight = weights is null ? Ones(Shape, DType.Int64) : weights.DType is DType.Float32 or DType.Float64 ? weights.Plain() : weights.Plain().To(DType.Float64);
        return weight.PlaceAt(0, index, [Math.Max(largest + 1, minlength)]);
    }

    /// <summary>How many elements lie in each of equal bins from min to max, of all elements if both are 0; others are left out. Waits for the device (<c>torch.histc</c>).</summary>
    /// <exception cref="ArgumentException">No bins, max below min, or a range that is not finite.</exception>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    public Tensor Histc(long bins = 100, Scalar? min = null, Scalar? max = null)
    {
        if (!DType.IsFloatingPoint()) throw OperationError.NotSupported("histc", $"not implemented for {DType.Name()}; convert with To(DType.Float32) first");
        if (bins <= 0) throw OperationError.Argument("histc", $"bins must be > 0, but got {bins}");
        double low = min?.AsDouble ?? 0, high = max?.AsDouble ?? 0;
        var x = Wide().Reshape(-1);
        if (low == high && NumElements > 0) (low, high) = (x.Min().Item(), x.Max().Item());
        if (!double.IsFinite(low) || !double.IsFinite(high)) throw OperationError.Argument("histc", $"range of [{low}, {high}] is not finite");
        if (low > high) throw OperationError.Argument("histc", $"max must be larger than min, got {low} and {high}");
        if (low == high) (low, high) = (low - 1, high + 1);
        // The arithmetic of the bins is that of the dtype, as in PyTorch: x - min, divided by the range, times the number of bins.
        var position = x.Sub(low).Div(high - low).Mul(bins).ClampMax(bins - 1);
        var inside = x.Ge(low).LogicalAnd(x.Le(high));
        var index = Where(inside, position, Zeros([], x.DType)).To(DType.Int64);
        return inside.To(x.DType).PlaceAt(0, index, [bins]).To(DType);
    }

    /// <summary>
    /// How many elements, or how much weight, lie in each of a number of equal bins over a range (that of the elements if none is given), and
    /// the edges of the bins; as a density its integral is 1. Waits for the device (<c>torch.histogram</c>).
    /// </summary>
    /// <exception cref="ArgumentException">No bins, a range that is not finite, or weights of another shape.</exception>
    public (Tensor Hist, Tensor BinEdges) Histogram(long bins, (double Min, double Max)? range = null, Tensor? weight = null, bool density = false)
    {
        var (hist, edges) = HistogramOf("histogram", Plain().Reshape(-1, 1), [bins], range is { } r ? [r.Min, r.Max] : [], FlatWeight("histogram", weight, Shape), density);
        return (hist, edges[0]);
    }

    /// <summary>How many elements, or how much weight, lie between each two of the given edges, which are returned too (<c>torch.histogram</c>).</summary>
    /// <exception cref="ArgumentException">The edges are no vector, or weights of another shape.</exception>
    public (Tensor Hist, Tensor BinEdges) Histogram(Tensor bins, Tensor? weight = null, bool density = false)
    {
        var (hist, edges) = HistogramOf("histogram", Plain().Reshape(-1, 1), [bins], FlatWeight("histogram", weight, Shape), density);
        return (hist, edges[0]);
    }

    /// <summary>
    /// The histogram of points: the last dimension of the input counts coordinates, of which each has a number of equal bins over a range
    /// (min, max, min, max, ...; that of the points if none is given) (<c>torch.histogramdd</c>).
    /// </summary>
    /// <exception cref="ArgumentException">Another number of bins than coordinates, or a bad range or weight.</exception>
    public static (Tensor Hist, Tensor[] BinEdges) Histogramdd(Tensor input, ReadOnlySpan<long> bins, ReadOnlySpan<double> range = default, Tensor? weight = null, bool density = false)
    {
        if (input.Ndim < 2) throw OperationError.Argument("histogramdd", $"input tensor should have at least 2 dimensions, but got {OperationError.Text(input.Shape)}");
        return HistogramOf("histogramdd", input.Plain().Flattened(), bins, range, FlatWeight("histogramdd", weight, input.Shape[..^1]), density);
    }

    /// <summary>The histogram of points with the same number of equal bins for every coordinate (<c>torch.histogramdd</c>).</summary>
    /// <exception cref="ArgumentException">A bad range or weight.</exception>
    public static (Tensor Hist, Tensor[] BinEdges) Histogramdd(Tensor input, long bins, ReadOnlySpan<double> range = default, Tensor? weight = null, bool density = false)
    {
        var all = new long[input.Ndim == 0 ? 0 : input.Shape[^1]];
        Array.Fill(all, bins);
        return Histogramdd(input, all, range, weight, density);
    }

    /// <summary>The histogram of points with given edges for every coordinate (<c>torch.histogramdd</c>).</summary>
    /// <exception cref="ArgumentException">Another number of edges than coordinates, or a bad weight.</exception>
    public static (Tensor Hist, Tensor[] BinEdges) Histogramdd(Tensor input, IReadOnlyList<Tensor> bins, Tensor? weight = null, bool density = false)
    {
        if (input.Ndim < 2) throw OperationError.Argument("histogramdd", $"input tensor should have at least 2 dimensions, but got {OperationError.Text(input.Shape)}");
        return HistogramOf("histogramdd", input.Plain().Flattened(), bins, FlatWeight("histogramdd", weight, input.Shape[..^1]), density);
    }

    private Tensor Flattened() => Reshape(NumElements / Math.Max(Shape[^1], 1), Shape[^1]);

    private static Tensor? FlatWeight(string name, Tensor? weight, Shape shape) => weight is null || weight.Shape == shape
        ? weight?.Plain().Reshape(-1)
        : throw OperationError.Argument(name, $"if weight tensor is provided it should have the same shape as the input tensor excluding its innermost dimension: {OperationError.Text(weight.Shape)} and {OperationError.Text(shape)}");

    private static (Tensor Hist, Tensor[] BinEdges) HistogramOf(string name, Tensor points, ReadOnlySpan<long> bins, ReadOnlySpan<double> range, Tensor? weight, bool density)
    {
        long coordinates = points.Shape.Sizes[1];
        if (bins.Length != coordinates) throw OperationError.Argument(name, $"expected {coordinates} numbers of bins, one for each coordinate, but got {bins.Length}");
        if (range.Length != 0 && range.Length != 2 * coordinates) throw OperationError.Argument(name, $"expected {2 * coordinates} elements for the range, but got {range.Length}");
        CheckHistogram(name, points);
        var edges = new Tensor[coordinates];
        for (int c = 0; c < edges.Length; c++)
        {
            if (bins[c] <= 0) throw OperationError.Argument(name, $"bins must be > 0, but got {bins[c]} for dimension {c}");
            var column = points.Select(1, c);
            var (low, high) = range.Length > 0 ? (range[2 * c], range[2 * c + 1]) : column.NumElements > 0 ? (column.Min().Item(), column.Max().Item()) : (0, 1);
            if (!double.IsFinite(low) || !double.IsFinite(high)) throw OperationError.Argument(name, $"dimension {c}'s range [{low}, {high}] is not finite");
            if (low > high) throw OperationError.Argument(name, $"min should not exceed max, but got min {low} max {high} for dimension {c}");
            if (low == high) (low, high) = (low - 0.5, high + 0.5);
            edges[c] = EvenEdges(low, high, bins[c], points.DType);
        }
        return HistogramOf(name, points, edges, weight, density);
    }

    private static (Tensor Hist, Tensor[] BinEdges) HistogramOf(string name, Tensor points, IReadOnlyList<Tensor> edges, Tensor? weight, bool density)
    {
        CheckHistogram(name, points);
        if (edges.Count != points.Shape.Sizes[1]) throw OperationError.Argument(name, $"expected {points.Shape.Sizes[1]} sequences of bin edges, one for each coordinate, but got {edges.Count}");
        // The bin of a point is one number: its bins along each coordinate, as if the histogram were flat.
        Tensor? flat = null, inside = null;
        var sizes = new long[edges.Count];
        for (int c = 0; c < sizes.Length; c++)
        {
            var edge = edges[c];
            if (edge.Ndim != 1 || edge.NumElements < 2) throw OperationError.Argument(name, $"bins tensor should have one dimension and at least two edges, but got {OperationError.Text(edge.Shape)} for dimension {c}");
            if (edge.DType != points.DType) throw OperationError.Argument(name, $"input tensor and bins tensors should have the same dtype, but got {points.DType.Name()} and {edge.DType.Name()}");
            sizes[c] = edge.NumElements - 1;
            var x = points.Select(1, c).Contiguous();
            var bin = Searchsorted(edge, x, right: true).Sub(1).Clamp(0, sizes[c] - 1);
            var within = x.Ge(edge.Select(0, 0)).LogicalAnd(x.Le(edge.Select(0, sizes[c])));
            flat = flat is null ? bin : flat.Mul(sizes[c]).Add(bin);
            inside = inside is null ? within : inside.LogicalAnd(within);
        }
        var shape = Shape.Create(sizes);
        var amount = inside!.To(points.DType);
        if (weight is not null) amount = amount.Mul(weight.To(points.DType));
        var hist = amount.PlaceAt(0, flat!, [shape.NumElements]).Reshape(shape);
        if (density)
        {
            hist = hist.Div(hist.Sum());
            for (int c = 0; c < sizes.Length; c++)
            {
                var widths = edges[c].Slice(0, 1).Sub(edges[c].Slice(0, 0, sizes[c]));
                hist = hist.Div(widths.Reshape(hist.Along(c, sizes[c])));
            }
        }
        return (hist, [.. edges]);
    }

    private static void CheckHistogram(string name, Tensor points)
    {
        if (points.DType is not (DType.Float32 or DType.Float64)) throw OperationError.NotSupported(name, $"not implemented for {points.DType.Name()}; convert with To(DType.Float32) first");
    }

    /// <summary>Evenly spaced edges in the arithmetic of the dtype, counted from the nearer end, as torch.linspace does.</summary>
    private static Tensor EvenEdges(double low, double high, long bins, DType dtype)
    {
        var values = new double[bins + 1];
        if (dtype == DType.Float32)
        {
            float start = (float)low, end = (float)high, step = (end - start) / bins;
            for (long i = 0; i <= bins; i++) values[i] = i < (bins + 1) / 2 ? start + step * i : end - step * (bins - i);
        }
        else
        {
            double step = (high - low) / bins;
            for (long i = 0; i <= bins; i++) values[i] = i < (bins + 1) / 2 ? low + step * i : high - step * (bins - i);
        }
        return From(values, dtype);
    }
}
