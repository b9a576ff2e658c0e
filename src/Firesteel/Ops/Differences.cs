namespace Firesteel;

public partial class Tensor
{
    /// <summary>The differences of neighbours along a dimension, n times over, after joining tensors to either end; "exclusive or" for bool (<c>torch.diff</c>).</summary>
    /// <exception cref="ArgumentException">A 0-d tensor, n below 0, or tensors of shapes that do not fit.</exception>
    public Tensor Diff(long n = 1, long dim = -1, Tensor? prepend = null, Tensor? append = null)
    {
        if (Ndim == 0) throw OperationError.Argument("diff", "expects input to be at least one-dimensional");
        if (n < 0) throw OperationError.Argument("diff", $"order must be non-negative but got {n}");
        int d = OperationError.Dim("diff", dim, Ndim);
        foreach (var end in (Tensor?[])[prepend, append])
            if (end is not null && end.Ndim != Ndim)
                throw OperationError.Argument("diff", $"expects prepend or append to be the same dimension as input: {OperationError.Text(end.Shape)} and {OperationError.Text(Shape)}");
        var result = this;
        if (prepend is not null || append is not null) result = Cat([.. ((Tensor?[])[prepend, this, append]).OfType<Tensor>()], d);
        for (long k = Math.Min(n, result.Shape.Sizes[d]); k > 0; k--)
        {
            Tensor upper = result.Slice(d, 1), lower = result.Slice(d, 0, result.Shape.Sizes[d] - 1);
            result = result.DType == DType.Bool ? upper.Ne(lower) : upper.Sub(lower);
        }
        return result;
    }

    /// <summary>The derivative along dimensions, all if none are given, of values at points that far apart (1), by differences of second order inside and of first or second order at the ends (<c>torch.gradient</c>).</summary>
    /// <exception cref="ArgumentException">A dimension with too few points, or an order other than 1 and 2.</exception>
    public static Tensor[] Gradient(Tensor input, double? spacing = null, ReadOnlySpan<long> dim = default, long edgeOrder = 1)
    {
        var dims = GradientDims(input, dim, -1, edgeOrder);
        return Array.ConvertAll(dims, d => input.EvenGradient(d, spacing ?? 1, edgeOrder));
    }

    /// <summary>The derivative along dimensions, with a distance of points for each (<c>torch.gradient</c>).</summary>
    /// <exception cref="ArgumentException">Another number of distances than of dimensions, a dimension with too few points, or an order other than 1 and 2.</exception>
    public static Tensor[] Gradient(Tensor input, ReadOnlySpan<double> spacing, ReadOnlySpan<long> dim = default, long edgeOrder = 1)
    {
        var dims = GradientDims(input, dim, spacing.Length, edgeOrder);
        var result = new Tensor[dims.Length];
        for (int i = 0; i < result.Length; i++) result[i] = input.EvenGradient(dims[i], spacing[i], edgeOrder);
        return result;
    }

    /// <summary>The derivative along dimensions, with the coordinates of the points along each (<c>torch.gradient</c>).</summary>
    /// <exception cref="ArgumentException">Other numbers of coordinates than of points, a dimension with too few points, or an order other than 1 and 2.</exception>
    public static Tensor[] Gradient(Tensor input, IReadOnlyList<Tensor> spacing, ReadOnlySpan<long> dim = default, long edgeOrder = 1)
    {
        var dims = GradientDims(input, dim, spacing.Count, edgeOrder);
        var result = new Tensor[dims.Length];
        for (int i = 0; i < result.Length; i++)
        {
            if (spacing[i].Ndim != 1 || spacing[i].NumElements != input.Shape.Sizes[dims[i]])
                throw OperationError.Argument("gradient", $"expected one coordinate for each of {input.Shape.Sizes[dims[i]]} points along dimension {dims[i]}, got {OperationError.Text(spacing[i].Shape)}");
            result[i] = input.UnevenGradient(dims[i], spacing[i], edgeOrder);
        }
        return result;
    }

    private static int[] GradientDims(Tensor input, ReadOnlySpan<long> dim, int spacings, long edgeOrder)
    {
        if (edgeOrder is not (1 or 2)) throw OperationError.Argument("gradient", $"only supports edge_order=1 and edge_order=2, got {edgeOrder}");
        int[] dims = dim.IsEmpty ? [.. Enumerable.Range(0, input.Ndim)] : OperationError.Dims("gradient", dim, input.Ndim);
        if (spacings >= 0 && spacings != dims.Length) throw OperationError.Argument("gradient", $"expected spacing to be unspecified, a scalar or a list of length {dims.Length}, got {spacings}");
        foreach (int d in dims)
            if (input.Ndim == 0 || input.Shape.Sizes[d] <= edgeOrder) throw OperationError.Argument("gradient", $"expected each dimension size to be at least edge_order+1 = {edgeOrder + 1}, got {OperationError.Text(input.Shape)}");
        return dims;
    }

    private Tensor At(int dim, long index) => Slice(dim, index, index == -1 ? null : index + 1);

    private Tensor EvenGradient(int dim, double h, long edgeOrder)
    {
        long n = Shape.Sizes[dim];
        Tensor first, last;
        if (edgeOrder == 1)
        {
            first = At(dim, 1).Sub(At(dim, 0)).Div(h);
            last = At(dim, -1).Sub(At(dim, -2)).Div(h);
        }
        else
        {
            first = At(dim, 0).Mul(-1.5).Add(At(dim, 1).Mul(2)).Sub(At(dim, 2).Mul(0.5)).Div(h);
            last = At(dim, -1).Mul(1.5).Sub(At(dim, -2).Mul(2)).Add(At(dim, -3).Mul(0.5)).Div(h);
        }
        return Cat([first, Slice(dim, 2).Sub(Slice(dim, 0, n - 2)).Div(2 * h), last], dim);
    }

    private Tensor UnevenGradient(int dim, Tensor coordinates, long edgeOrder)
    {
        long n = Shape.Sizes[dim];
        var steps = coordinates.Diff().Reshape(Along(dim, n - 1));
        Tensor h = steps.Slice(dim, 0, n - 2), k = steps.Slice(dim, 1);
        // The derivative of the parabola through three points, at the middle one, the first or the last.
        var inside = Slice(dim, 0, n - 2).Mul(k.Neg().Div(h.Mul(h.Add(k))))
            .Add(Slice(dim, 1, n - 1).Mul(k.Sub(h).Div(h.Mul(k))))
            .Add(Slice(dim, 2).Mul(h.Div(k.Mul(h.Add(k)))));
        Tensor first, last;
        if (edgeOrder == 1)
        {
            first = At(dim, 1).Sub(At(dim, 0)).Div(steps.At(dim, 0));
            last = At(dim, -1).Sub(At(dim, -2)).Div(steps.At(dim, -1));
        }
        else
        {
            (h, k) = (steps.At(dim, 0), steps.At(dim, 1));
            first = At(dim, 0).Mul(h.Mul(2).Add(k).Neg().Div(h.Mul(h.Add(k))))
                .Add(At(dim, 1).Mul(h.Add(k).Div(h.Mul(k))))
                .Sub(At(dim, 2).Mul(h.Div(k.Mul(h.Add(k)))));
            (h, k) = (steps.At(dim, -2), steps.At(dim, -1));
            last = At(dim, -3).Mul(k.Div(h.Mul(h.Add(k))))
                .Sub(At(dim, -2).Mul(h.Add(k).Div(h.Mul(k))))
                .Add(At(dim, -1).Mul(k.Mul(2).Add(h).Div(k.Mul(h.Add(k)))));
        }
        return Cat([first, inside, last], dim);
    }
}
