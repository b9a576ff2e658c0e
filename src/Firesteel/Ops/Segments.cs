namespace Firesteel;

public partial class Tensor
{
    /// <summary>
    /// Segments of a dimension reduced by <c>sum</c>, <c>mean</c>, <c>max</c>, <c>min</c> or <c>prod</c>, each starting from an initial value; segments are
    /// given by their lengths or by where they begin and end. Dimensions before the axis are those of the lengths. Waits for the device (<c>torch.segment_reduce</c>).
    /// </summary>
    /// <exception cref="ArgumentException">Neither lengths nor offsets, lengths that do not add up to the size of the axis, or another reduction.</exception>
    public static Tensor SegmentReduce(Tensor data, string reduce, Tensor? lengths = null, Tensor? indices = null, Tensor? offsets = null, long axis = 0, bool @unsafe = false, Scalar? initial = null)
    {
        const string Name = "segment_reduce";
        if (indices is not null) throw OperationError.NotSupported(Name, "indices are not supported, use lengths or offsets");
        if (lengths is null == offsets is null) throw OperationError.Argument(Name, "expects either lengths or offsets");
        if (reduce is not ("sum" or "mean" or "max" or "min" or "prod")) throw OperationError.Argument(Name, $"unsupported reduction '{reduce}': it is sum, mean, max, min or prod");
        if (!data.DType.IsFloatingPoint()) throw OperationError.NotSupported(Name, $"not implemented for {data.DType.Name()}; convert with To(DType.Float32) first");
        int dim = OperationError.Dim(Name, axis, data.Ndim);
        var borders = (lengths ?? offsets)!;
        if (data.Ndim == 0 || borders.Ndim != dim + 1 || !borders.Shape.Sizes.AsSpan(0, dim).SequenceEqual(data.Shape.Sizes.AsSpan(0, dim)))
            throw OperationError.Argument(Name, $"lengths or offsets {OperationError.Text(borders.Shape)} must have the dimensions of data {OperationError.Text(data.Shape)} before axis {dim} and one more");
        if (borders.DType is not (DType.Int32 or DType.Int64)) throw OperationError.NotSupported(Name, $"lengths or offsets must be int32 or int64, got {borders.DType.Name()}");

        long size = data.Shape.Sizes[dim], count = borders.Shape.Sizes[dim] - (offsets is null ? 0 : 1), outer = 1;
        for (int d = 0; d < dim; d++) outer *= data.Shape.Sizes[d];
        if (count < 0) throw OperationError.Argument(Name, $"offsets {OperationError.Text(borders.Shape)} need at least one element");
        long[] numbers = borders.ToArray<long>(), tail = [.. data.Shape.Sizes.AsSpan(dim + 1)];
        var rows = data.Reshape([outer, size, .. tail]);
        var results = new List<Tensor>();
        for (long o = 0; o < outer; o++)
        {
            var row = rows.Select(0, o);
            long start = 0;
            for (long s = 0; s < count; s++)
            {
                if (offsets is not null) start = numbers[o * (count + 1) + s];
                long end = offsets is null ? start + numbers[o * count + s] : numbers[o * (count + 1) + s + 1];
                if (start < 0 || end < start || end > size) throw OperationError.Argument(Name, $"segment {s} from {start} to {end} does not lie in dimension {dim} of {OperationError.Text(data.Shape)}");
                results.Add(Segment(row.Slice(0, start, end), reduce, initial?.AsDouble));
                start = end;
            }
            if (offsets is null && start != size && !@unsafe) throw OperationError.Argument(Name, $"expected all rows of lengths along axis to sum to {size} of data {OperationError.Text(data.Shape)}, got {start}");
        }
        Shape shape = [.. data.Shape.Sizes.AsSpan(0, dim), count, .. tail];
        return results.Count == 0 ? Empty(shape, data.DType) : Stack(results).Reshape(shape);
    }

    private static Tensor Segment(Tensor x, string reduce, double? initial)
    {
        long n = x.Shape.Sizes[0];
        Shape shape = [.. x.Shape.Sizes.AsSpan(1)];
        switch (reduce)
        {
            case "sum": return x.Sum(0L).Add(initial ?? 0);
            case "prod": return x.Prod(0L).Mul(initial ?? 1);
            case "mean": return n == 0 ? Full(shape, initial ?? double.NaN, x.DType) : x.Sum(0L).Add(initial ?? 0).Div(n);
        }
        if (n == 0) return Full(shape, initial ?? (reduce == "max" ? double.NegativeInfinity : double.PositiveInfinity), x.DType);
        var extreme = reduce == "max" ? x.Amax(0) : x.Amin(0);
        if (initial is not { } bound) return extreme;
        return Where(reduce == "max" ? extreme.Lt(bound) : extreme.Gt(bound), From(bound, x.DType), extreme);
    }
}
