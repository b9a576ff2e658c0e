namespace Firesteel;

public partial class Tensor
{
    // NaN is larger than everything, as for a sort.
    private static readonly Pointwise s_notReached = new("searchsorted", static (element, value) => Expr.Where(Expr.Ne(value, value), Expr.Eq(element, element), element < value), ResultType.Bool);
    private static readonly Pointwise s_notPassed = new("searchsorted", static (element, value) => Expr.Where(Expr.Ne(value, value), 1, element <= value), ResultType.Bool);

    /// <summary>
    /// Where each value would have to be inserted to keep the order: before equal ones, or after them if right. A sequence with more
    /// than one dimension has those of the values but for the last; NaN comes last (<c>torch.searchsorted</c>).
    /// </summary>
    /// <exception cref="ArgumentException">Shapes or dtypes that do not fit, another side, or right with side "left".</exception>
    public static Tensor Searchsorted(Tensor sortedSequence, Tensor input, bool outInt32 = false, bool right = false, string? side = null, Tensor? sorter = null)
    {
        const string Name = "searchsorted";
        if (side is not (null or "left" or "right")) throw OperationError.Argument(Name, $"side can only be 'left' or 'right' but got '{side}'");
        if (right && side == "left") throw OperationError.Argument(Name, "side and right can't be set to opposites, got side of 'left' while right was True");
        if (sortedSequence.Ndim == 0) throw OperationError.Argument(Name, "boundary tensor should have positive dimension, but got 0 dimension");
        if (sortedSequence.DType != input.DType) throw OperationError.Argument(Name, $"boundary tensor and input value tensor should have same dtype, but got boundary tensor of dtype {sortedSequence.DType.Name()} and input value tensor of dtype {input.DType.Name()}");
        bool vector = sortedSequence.Ndim == 1;
        if (!vector && (sortedSequence.Ndim != input.Ndim || !sortedSequence.Shape.Sizes.AsSpan(0, input.Ndim - 1).SequenceEqual(input.Shape.Sizes.AsSpan(0, input.Ndim - 1))))
            throw OperationError.Argument(Name, $"boundary tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match, but we got boundaries tensor {OperationError.Text(sortedSequence.Shape)} and input value tensor {OperationError.Text(input.Shape)}");
        if (sorter is not null && sorter.Shape != sortedSequence.Shape) throw OperationError.Argument(Name, $"boundary and sorter must have the same size, but got boundary tensor {OperationError.Text(sortedSequence.Shape)} and sorter tensor {OperationError.Text(sorter.Shape)}");
        if (sorter is not null && sorter.DType != DType.Int64) throw OperationError.Argument(Name, $"sorter must be a tensor of long dtype but got dtype {sorter.DType.Name()}");

        Tensor sequence = sortedSequence.Plain(), values = vector ? input.Plain().Reshape(-1) : input.Plain();
        int dim = sequence.Ndim - 1;
        if (sorter is not null) sequence = sequence.Gather(dim, sorter);
        long size = sequence.Shape.Sizes[dim];
        // Binary search by the bits of the position: how many elements lie certainly before the value.
        var position = Zeros(values.Shape, DType.Int64);
        var passes = right || side == "right" ? s_notPassed : s_notReached;
        long bit = 1;
        while (bit <= size / 2) bit *= 2;
        for (; bit > 0 && size > 0 && values.NumElements > 0; bit /= 2)
        {
            var next = position.Add(bit);
            var before = sequence.Gather(dim, next.Sub(1).ClampMax(size - 1));
            position = Where(passes.Apply(before, values).LogicalAnd(next.Le(size)), next, position);
        }
        return position.Reshape(input.Shape).To(outInt32 ? DType.Int32 : DType.Int64);
    }

    /// <summary>Where a value would have to be inserted into a sorted vector (<c>torch.searchsorted</c>).</summary>
    /// <exception cref="ArgumentException">The sequence is no vector, another side, or right with side "left".</exception>
    public static Tensor Searchsorted(Tensor sortedSequence, Scalar input, bool outInt32 = false, bool right = false, string? side = null, Tensor? sorter = null) => sortedSequence.Ndim == 1
        ? Searchsorted(sortedSequence, From(input, sortedSequence.DType), outInt32, right, side, sorter)
        : throw OperationError.Argument("searchsorted", $"input value can be a scalar only when boundaries tensor dimension is 1, but we got boundaries tensor {OperationError.Text(sortedSequence.Shape)}");

    /// <summary>The number of the interval between sorted boundaries in which each element lies; boundaries belong to the interval above if right (<c>torch.bucketize</c>).</summary>
    /// <exception cref="ArgumentException">The boundaries are no vector, or of another dtype.</exception>
    public static Tensor Bucketize(Tensor input, Tensor boundaries, bool outInt32 = false, bool right = false) => boundaries.Ndim == 1
        ? Searchsorted(boundaries, input, outInt32, right)
        : throw OperationError.Argument("bucketize", $"boundaries tensor must be 1 dimension, but got {OperationError.Text(boundaries.Shape)}");

    /// <summary>The number of the interval between sorted boundaries in which a number lies (<c>torch.bucketize</c>).</summary>
    /// <exception cref="ArgumentException">The boundaries are no vector.</exception>
    public static Tensor Bucketize(Scalar input, Tensor boundaries, bool outInt32 = false, bool right = false) => Bucketize(From(input, boundaries.DType), boundaries, outInt32, right);

    /// <summary>True for elements that occur among the test elements, or do not if invert; NaN never does (<c>torch.isin</c>).</summary>
    /// <exception cref="ArgumentException">Neither is a tensor.</exception>
    public static Tensor Isin(Operand elements, Operand testElements, bool assumeUnique = false, bool invert = false)
    {
        if (elements.IsScalar && testElements.IsScalar) throw OperationError.Argument("isin", $"elements or test_elements must be a tensor, got {elements.Describe()} and {testElements.Describe()}");
        var dtype = Promotion.Of([elements, testElements]);
        var tests = (testElements.Tensor ?? From(testElements.Scalar, dtype)).Plain().To(dtype).Reshape(-1);
        var values = (elements.Tensor ?? From(elements.Scalar, dtype)).Plain().To(dtype);
        if (tests.NumElements == 0) return Full(values.Shape, invert, DType.Bool);
        var sorted = tests.Sort(0).Values;
        var flat = values.Reshape(-1);
        var found = sorted.Gather(0, Searchsorted(sorted, flat).ClampMax(tests.NumElements - 1));
        return (invert ? found.Ne(flat) : found.Eq(flat)).Reshape(values.Shape);
    }
}
