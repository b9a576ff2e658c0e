using System.Runtime.CompilerServices;

namespace Firesteel;

public partial class Tensor
{
    /// <summary>The different elements in ascending order, or the different slices along a dimension. Waits for the device (<c>torch.unique</c>).</summary>
    public Tensor Unique(bool sorted = true, long? dim = null) => UniqueOf("unique", true, false, false, dim).Output;

    /// <summary>
    /// The different elements in ascending order, or slices along a dimension; if asked for, which of them each element is, and how often each
    /// occurs, else null. Waits for the device (<c>torch.unique</c>).
    /// </summary>
    [OverloadResolutionPriority(-1)]
    public (Tensor Output, Tensor? Inverse, Tensor? Counts) Unique(bool sorted = true, bool returnInverse = false, bool returnCounts = false, long? dim = null) =>
        UniqueOf("unique", true, returnInverse, returnCounts, dim);

    /// <summary>The elements without those equal to the one before, or the slices along a dimension. Waits for the device (<c>torch.unique_consecutive</c>).</summary>
    public Tensor UniqueConsecutive(long? dim = null) => UniqueOf("unique_consecutive", false, false, false, dim).Output;

    /// <summary>
    /// The elements without those equal to the one before, or slices along a dimension; if asked for, which of them each element is, and how
    /// many there are of each, else null. Waits for the device (<c>torch.unique_consecutive</c>).
    /// </summary>
    [OverloadResolutionPriority(-1)]
    public (Tensor Output, Tensor? Inverse, Tensor? Counts) UniqueConsecutive(bool returnInverse = false, bool returnCounts = false, long? dim = null) =>
        UniqueOf("unique_consecutive", false, returnInverse, returnCounts, dim);

    private (Tensor Output, Tensor? Inverse, Tensor? Counts) UniqueOf(string name, bool sort, bool returnInverse, bool returnCounts, long? dim)
    {
        // Elements are rows of one number; slices along a dimension are its rows.
        var plain = Plain();
        int d = dim is { } given ? OperationError.Dim(name, given, Ndim) : 0;
        bool slices = dim is not null && Ndim > 0;
        var front = slices ? plain.Transpose(0, d) : plain;
        long n = slices ? front.Shape.Sizes[0] : NumElements, width = slices ? NumElements / Math.Max(n, 1) : 1;
        if (slices && NumElements == 0 && n > 0)
            throw OperationError.Argument(name, $"there are no elements to compare along dimension {d} of {OperationError.Text(Shape)}");
        var rows = front.Reshape(n, width);
        var order = Arange(n);
        if (sort)
        {
            // Sorted by the last number first; stable, so that the order by the first number counts most.
            for (long column = width - 1; column >= 0; column--)
            {
                var key = rows.Select(1, column);
                order = order.Gather(0, new Tensor(key.Gather(0, order).Sorted(0, false).Indices));
            }
            rows = rows.Gather(0, order.Unsqueeze(1).Expand(n, width));
        }
        if (n == 0) return (slices ? plain.Clone() : Empty([0], DType), returnInverse ? Empty(slices ? [0] : Shape, DType.Int64) : null, returnCounts ? Empty([0], DType.Int64) : null);

        // Each row that differs from the one before begins a new number.
        var differs = rows.Slice(0, 1).Ne(rows.Slice(0, 0, n - 1)).Any(1).To(DType.Int64);
        var number = differs.PadAlong(0, 1, 0, 0).Cumsum(0);
        long count = (long)number.Select(0, n - 1).Item() + 1;
        var output = Empty([count, width], DType);
        Device.Run(new KernelCall(new ScatterKernel(0, ScatterOp.Write), [output.Layout], [number.Unsqueeze(1).Expand(n, width).Layout, rows.Layout]));
        var result = slices ? output.Reshape([count, .. front.Shape.Sizes.AsSpan(1)]).Transpose(0, d).Contiguous() : output.Reshape(count);
        Tensor? inverse = null, counts = null;
        if (returnInverse)
        {
            inverse = Empty([n], DType.Int64);
            Device.Run(new KernelCall(new ScatterKernel(0, ScatterOp.Write), [inverse.Layout], [order.Layout, number.Layout]));
            if (!slices) inverse = inverse.Reshape(Shape);
        }
        if (returnCounts) counts = Ones([n], DType.Int64).PlaceAt(0, number, [count]);
        return (result, inverse, counts);
    }
}
