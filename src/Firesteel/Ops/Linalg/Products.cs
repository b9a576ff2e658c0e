namespace Firesteel;

/// <summary>Linear algebra (<c>torch.linalg</c>).</summary>
public static partial class Linalg
{
    /// <summary>Same as <see cref="Tensor.Matmul"/> (<c>torch.linalg.matmul</c>).</summary>
    public static Tensor Matmul(Tensor input, Tensor other) => input.Matmul(other);

    /// <summary>Sums of products along a dimension; the others broadcast (<c>torch.linalg.vecdot</c>).</summary>
    public static Tensor Vecdot(Tensor x, Tensor y, long dim = -1)
    {
        var product = x.Mul(y);
        return product.Sum([dim], dtype: product.DType == DType.Bool ? null : product.DType);
    }

    /// <summary>The product of two or more matrices in the order that needs the fewest multiplications; the first and the last may be vectors (<c>torch.linalg.multi_dot</c>).</summary>
    /// <exception cref="ArgumentException">Fewer than two tensors, other ranks, or inner dimensions that differ.</exception>
    public static Tensor MultiDot(IReadOnlyList<Tensor> tensors)
    {
        int count = tensors.Count;
        if (count < 2) throw OperationError.Argument("linalg.multi_dot", $"expected at least 2 tensors but got {count}");
        var factors = tensors.ToArray();
        bool row = factors[0].Ndim == 1, column = factors[^1].Ndim == 1;
        if (row) factors[0] = factors[0].Unsqueeze(0);
        if (column) factors[^1] = factors[^1].Unsqueeze(1);
        for (int i = 0; i < count; i++)
        {
            if (factors[i].Ndim != 2)
                throw OperationError.Argument("linalg.multi_dot", $"tensor {i} must be {(i == 0 || i == count - 1 ? "1D or 2D" : "2D")} but got {tensors[i].Ndim}D: {OperationError.Text(tensors[i].Shape)}");
            if (i > 0 && factors[i - 1].Shape.Sizes[1] != factors[i].Shape.Sizes[0])
                throw OperationError.Argument("linalg.multi_dot", $"tensors {i - 1} and {i} with shapes {OperationError.Text(tensors[i - 1].Shape)} and {OperationError.Text(tensors[i].Shape)} cannot be multiplied: inner dimensions {factors[i - 1].Shape.Sizes[1]} and {factors[i].Shape.Sizes[0]} differ");
        }
        var split = CheapestSplits(factors);
        var product = Multiply(0, count - 1);
        if (row) product = product.Squeeze(0);
        return column ? product.Squeeze(-1) : product;

        Tensor Multiply(int first, int last) => first == last ? factors[first] : Multiply(first, split[first, last]).Mm(Multiply(split[first, last] + 1, last));
    }

    /// <summary>Where to cut each run of factors so that the number of multiplications is least (dynamic programming over lengths).</summary>
    private static int[,] CheapestSplits(Tensor[] factors)
    {
        int count = factors.Length;
        var cost = new double[count, count];
        var split = new int[count, count];
        for (int length = 2; length <= count; length++)
        {
            for (int first = 0; first + length <= count; first++)
            {
                int last = first + length - 1;
                cost[first, last] = double.PositiveInfinity;
                for (int cut = first; cut < last; cut++)
                {
                    double c = cost[first, cut] + cost[cut + 1, last] + (double)factors[first].Shape.Sizes[0] * factors[cut].Shape.Sizes[1] * factors[last].Shape.Sizes[1];
                    if (c < cost[first, last]) (cost[first, last], split[first, last]) = (c, cut);
                }
            }
        }
        return split;
    }
}
