namespace Firesteel;

public partial class Tensor
{
    private static readonly Operation<(Shape Input, Shape Kept, int Dim)> s_sort = Selecting("sort"), s_topk = Selecting("topk"),
        s_kthvalue = Selecting("kthvalue"), s_mode = Selecting("mode"), s_medianAlong = Selecting("median:1"), s_nanmedianAlong = Selecting("nanmedian:1");

    private static readonly Operation<Shape> s_median = Shared("median"), s_nanmedian = Shared("nanmedian");

    /// <summary>The elements in order along a dimension, and the int64 positions they had; always stable, NaN is largest (<c>torch.sort</c>).</summary>
    public (Tensor Values, Tensor Indices) Sort(long dim = -1, bool descending = false, bool stable = false)
    {
        int d = OperationError.Dim("sort", dim, Ndim);
        var (values, indices) = Sorted(d, descending);
        var results = s_sort.RecordMany([values, indices], [this], (Shape, Shape, d));
        return (results[0], results[1]);
    }

    /// <summary>The int64 positions that put a dimension in order; always stable, NaN is largest (<c>torch.argsort</c>).</summary>
    public Tensor Argsort(long dim = -1, bool descending = false, bool stable = false) => new(Sorted(OperationError.Dim("argsort", dim, Ndim), descending).Indices);

    /// <summary>The elements in order along the first dimension (<c>torch.msort</c>).</summary>
    public Tensor Msort() => Sort(0).Values;

    /// <summary>The k largest (or smallest) elements along a dimension, in order, and their int64 positions (<c>torch.topk</c>).</summary>
    /// <exception cref="ArgumentException">The dimension has fewer than k elements.</exception>
    public (Tensor Values, Tensor Indices) Topk(long k, long dim = -1, bool largest = true, bool sorted = true)
    {
        int d = OperationError.Dim("topk", dim, Ndim);
        long size = Ndim == 0 ? 1 : Shape.Sizes[d];
        if (k < 0 || k > size) throw OperationError.Argument("topk", $"selected index k out of range: k = {k}, but dimension {d} of {OperationError.Text(Shape)} has {size} elements");
        var indices = new Tensor(Sorted(d, largest).Indices);
        if (Ndim > 0) indices = indices.Narrow(d, 0, k).Contiguous();
        return Chosen(s_topk, d, indices, indices.Shape, indices.Shape);
    }

    /// <summary>The k-th smallest element along a dimension, counted from 1, and its int64 position (<c>torch.kthvalue</c>).</summary>
    /// <exception cref="ArgumentException">The dimension has fewer than k elements, or k is not positive.</exception>
    public (Tensor Values, Tensor Indices) Kthvalue(long k, long dim = -1, bool keepdim = false)
    {
        var (kept, shape) = ReducedShapes("kthvalue", [dim], keepdim);
        int d = OperationError.Dim("kthvalue", dim, Ndim);
        long size = Ndim == 0 ? 1 : Shape.Sizes[d];
        if (k < 1 || k > size) throw OperationError.Argument("kthvalue", $"selected number k out of range for dimension {d}: k = {k}, shape {OperationError.Text(Shape)}");
        var indices = new Tensor(Sorted(d, false).Indices);
        return Chosen(s_kthvalue, d, Ndim == 0 ? indices : indices.Narrow(d, k - 1, 1), kept, shape);
    }

    /// <summary>The most frequent element along a dimension, the smallest of several, and the last position where it stands (<c>torch.mode</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">The dimension is empty.</exception>
    public (Tensor Values, Tensor Indices) Mode(long dim = -1, bool keepdim = false)
    {
        var (kept, shape) = ReducedShapes("mode", [dim], keepdim);
        int d = OperationError.Dim("mode", dim, Ndim);
        if (Ndim == 0) return Chosen(s_mode, 0, Zeros([], DType.Int64), kept, shape);
        long size = Shape.Sizes[d];
        if (size == 0) throw OperationError.Index("mode", $"expected reduction dim {d} to have non-zero size, shape {OperationError.Text(Shape)}");
        var (values, indices) = Sorted(d, false);
        // Where a run of equals begins stands its position, elsewhere 0; so the running maximum is the beginning of the run that one is in.
        var sorted = new Tensor(values);
        var counter = Arange(size).Reshape(Along(d, size));
        var begins = sorted.Slice(d, 1).Ne(sorted.Slice(d, 0, size - 1)).To(DType.Int64).PadAlong(d, 1, 0, 0).Mul(counter);
        var length = counter.Sub(begins.Cummax(d).Values);
        var best = length.Argmax(d, true);
        if (DType.IsFloatingPoint())
        {
            // NaN, never equal to another, is the first choice where nothing occurs twice.
            var numbers = Plain().Eq(Plain()).Sum(d, true);
            best = Where(numbers.Ne(size).LogicalAnd(length.Amax(d, true).Eq(0)), numbers, best);
        }
        return Chosen(s_mode, d, new Tensor(indices).Gather(d, best), kept, shape);
    }

    /// <summary>The median of all elements, the lower one of two; NaN if there is one (<c>torch.median</c>).</summary>
    public Tensor Median() => MedianOfAll(s_median, false);

    /// <summary>The median of the elements that are not NaN, the lower one of two (<c>torch.nanmedian</c>).</summary>
    public Tensor Nanmedian() => MedianOfAll(s_nanmedian, true);

    /// <summary>The median along a dimension, the lower one of two, NaN if there is one, and its int64 position (<c>torch.median</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">The dimension is empty.</exception>
    public (Tensor Values, Tensor Indices) Median(long dim, bool keepdim = false) => MedianAlong("median", s_medianAlong, dim, keepdim);

    /// <summary>The median along a dimension of the elements that are not NaN, the lower one of two, and its int64 position (<c>torch.nanmedian</c>).</summary>
    /// <exception cref="IndexOutOfRangeException">The dimension is empty.</exception>
    public (Tensor Values, Tensor Indices) Nanmedian(long dim, bool keepdim = false) => MedianAlong("nanmedian", s_nanmedianAlong, dim, keepdim);

    private Tensor MedianOfAll(Operation<Shape> operation, bool ignoreNan)
    {
        var (kept, shape) = ReducedShapes("median", [], false);
        if (NumElements == 0) return Full(shape, DType.IsFloatingPoint() ? (Scalar)double.NaN : DType.IntegerRange().Min, DType, Device);
        var flat = Plain().Reshape(-1);
        return operation.Record(flat.Gather(0, flat.MedianPosition(0, ignoreNan)).Layout.With(shape), [this], kept);
    }

    private (Tensor Values, Tensor Indices) MedianAlong(string name, Operation<(Shape, Shape, int)> operation, long dim, bool keepdim)
    {
        var (kept, shape) = ReducedShapes(name, [dim], keepdim);
        int d = OperationError.Dim(name, dim, Ndim);
        if (Ndim == 0) return Chosen(operation, 0, Zeros([], DType.Int64), kept, shape);
        if (Shape.Sizes[d] == 0) throw OperationError.Index(name, $"expected reduction dim {d} to have non-zero size, shape {OperationError.Text(Shape)}");
        return Chosen(operation, d, Plain().MedianPosition(d, name == "nanmedian"), kept, shape);
    }

    /// <summary>Where the median stands; of a line with NaN the first NaN, unless they are ignored.</summary>
    private Tensor MedianPosition(int dim, bool ignoreNan)
    {
        long size = Shape.Sizes[dim];
        var positions = new Tensor(Sorted(dim, false).Indices);
        if (!DType.IsFloatingPoint()) return positions.Narrow(dim, (size - 1) / 2, 1);
        var numbers = Eq(this).Sum(dim, true);
        return positions.Gather(dim, (ignoreNan ? s_middleOfNumbers : s_middleOrNan).Apply(numbers, size));
    }

    // Of n elements in order the first k are numbers and the rest NaN.
    private static readonly Pointwise s_middleOfNumbers = new("middle", static (k, n) => Expr.Where(Expr.Eq(k, 0), 0, Expr.Trunc((k - 1) / 2)));
    private static readonly Pointwise s_middleOrNan = new("middle", static (k, n) => Expr.Where(Expr.Eq(k, n), Expr.Trunc((n - 1) / 2), k));

    private (View Values, View Indices) Sorted(int dim, bool descending)
    {
        View values = Allocate(Shape, DType, Device), indices = Allocate(Shape, DType.Int64, Device);
        Device.Run(new KernelCall(new SortKernel(dim, descending), [values, indices], [Layout]));
        return (values, indices);
    }

    /// <summary>The results (values, indices) of an operation that selects along a dimension the elements at some positions.</summary>
    private (Tensor Values, Tensor Indices) Chosen(Operation<(Shape, Shape, int)> operation, int dim, Tensor indices, Shape kept, Shape shape)
    {
        var at = indices.Contiguous();
        var results = operation.RecordMany([Plain().Gather(dim, at).Layout.With(shape), at.Layout.With(shape)], [this], (Shape, kept, dim));
        return (results[0], results[1]);
    }

    /// <summary>A shape of this rank with sizes 1 but for one dimension.</summary>
    private Shape Along(int dim, long size)
    {
        var sizes = new long[Ndim];
        Array.Fill(sizes, 1);
        sizes[dim] = size;
        return Shape.Create(sizes);
    }
}
