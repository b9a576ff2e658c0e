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

    /// <summary>The cross product along a dimension of size 3; the other dimensions broadcast (<c>torch.linalg.cross</c>).</summary>
    /// <exception cref="ArgumentException">Ranks differ, or the dimension does not have size 3.</exception>
    public static Tensor Cross(Tensor input, Tensor other, long dim = -1)
    {
        if (input.Ndim != other.Ndim)
            throw OperationError.Argument("linalg.cross", $"inputs must have the same number of dimensions, got {OperationError.Text(input.Shape)} and {OperationError.Text(other.Shape)}");
        int d = OperationError.Dim("linalg.cross", dim, input.Ndim);
        if (input.Ndim == 0 || input.Shape.Sizes[d] != 3 || other.Shape.Sizes[d] != 3)
            throw OperationError.Argument("linalg.cross", $"inputs dimension {dim} must have length 3, got {OperationError.Text(input.Shape)} and {OperationError.Text(other.Shape)}");
        Tensor a0 = input.Select(d, 0), a1 = input.Select(d, 1), a2 = input.Select(d, 2);
        Tensor b0 = other.Select(d, 0), b1 = other.Select(d, 1), b2 = other.Select(d, 2);
        return Tensor.Stack([a1 * b2 - a2 * b1, a2 * b0 - a0 * b2, a0 * b1 - a1 * b0], d);
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
