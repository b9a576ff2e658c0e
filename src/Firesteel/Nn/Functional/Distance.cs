namespace Firesteel.Nn;

public static partial class Functional
{
    /// <summary>Each vector along a dimension divided by its p-norm, or by eps if that is larger (<c>torch.nn.functional.normalize</c>).</summary>
    public static Tensor Normalize(Tensor input, double p = 2, long dim = 1, double eps = 1e-12) => input.Div(input.Norm(p, dim, true).ClampMin(eps));

    /// <summary>The cosine of the angle between vectors along a dimension; norms below eps count as eps (<c>torch.nn.functional.cosine_similarity</c>).</summary>
    /// <exception cref="ArgumentException">The shapes do not broadcast.</exception>
    public static Tensor CosineSimilarity(Tensor x1, Tensor x2, long dim = 1, double eps = 1e-8)
    {
        var shape = Broadcasting.Of("cosine_similarity", x1.Shape, x2.Shape);
        Tensor a = x1.Expand(shape), b = x2.Expand(shape);
        return a.Div(BoundedNorm(a, dim, eps)).Mul(b.Div(BoundedNorm(b, dim, eps))).Sum(dim);
    }

    /// <summary>The p-norm of the difference of vectors along the last dimension, with eps added to it (<c>torch.nn.functional.pairwise_distance</c>).</summary>
    /// <exception cref="ArgumentException">The shapes do not broadcast.</exception>
    public static Tensor PairwiseDistance(Tensor x1, Tensor x2, double p = 2, double eps = 1e-6, bool keepdim = false) => x1.Sub(x2).Add(eps).Norm(p, -1, keepdim);

    /// <summary>The p-norms of the differences of every two rows of a matrix, in the order of the upper triangle (<c>torch.nn.functional.pdist</c>).</summary>
    /// <exception cref="ArgumentException">The input is no matrix, or p is negative.</exception>
    public static Tensor Pdist(Tensor input, double p = 2)
    {
        if (input.Ndim != 2) throw OperationError.Argument("pdist", $"only supports 2D tensors, got: {input.Ndim}D {OperationError.Text(input.Shape)}");
        if (p < 0) throw OperationError.Argument("pdist", $"only supports non-negative p values, got {p}");
        long n = input.Shape.Sizes[0], size = input.Shape.Sizes[1], pairs = n * (n - 1) / 2;
        long[] first = new long[pairs], second = new long[pairs];
        for (long i = 0, k = 0; i < n; i++)
        {
            for (long j = i + 1; j < n; j++, k++) (first[k], second[k]) = (i, j);
        }
        if (pairs == 0 || size == 0) return input.Sum().Mul(0).Expand(pairs);
        return Rows(first).Sub(Rows(second)).Norm(p, 1);

        Tensor Rows(long[] numbers) => input.Gather(0, Tensor.From(numbers).Unsqueeze(1).Expand(pairs, size));
    }

    /// <summary>The norm, not below eps; as in PyTorch the bound does not stop the gradient.</summary>
    private static Tensor BoundedNorm(Tensor x, long dim, double eps)
    {
        var norm = x.Norm(2, dim, true);
        return norm.Add(norm.Detach().ClampMin(eps).Sub(norm.Detach()));
    }
}
