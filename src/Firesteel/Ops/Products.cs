namespace Firesteel;

public partial class Tensor
{
    /// <summary>The cross product along a dimension of size 3; without <paramref name="dim"/> along the first such dimension (<c>torch.cross</c>).</summary>
    /// <exception cref="ArgumentException">No dimension of size 3, or shapes that do not fit.</exception>
    public Tensor Cross(Tensor other, long? dim = null)
    {
        if (dim is { } given) return Linalg.Cross(this, other, given);
        int first = Array.IndexOf(Shape.Sizes, 3);
        if (first < 0) throw OperationError.Argument("cross", $"no dimension of size 3 in input {OperationError.Text(Shape)}");
        return Linalg.Cross(this, other, first);
    }

    /// <summary>Every element of this tensor times all of the other, as blocks side by side (<c>torch.kron</c>).</summary>
    public Tensor Kron(Tensor other)
    {
        int rank = Math.Max(Ndim, other.Ndim);
        var a = new long[2 * rank];
        var b = new long[2 * rank];
        var sizes = new long[rank];
        for (int d = 0; d < rank; d++)
        {
            long p = d < rank - Ndim ? 1 : Shape.Sizes[d - (rank - Ndim)], q = d < rank - other.Ndim ? 1 : other.Shape.Sizes[d - (rank - other.Ndim)];
            (a[2 * d], a[2 * d + 1]) = (p, 1);
            (b[2 * d], b[2 * d + 1]) = (1, q);
            sizes[d] = p * q;
        }
        return Reshape(a).Mul(other.Reshape(b)).Reshape(sizes);
    }

    /// <summary>The product of several matrices in the cheapest order (<c>torch.chain_matmul</c>).</summary>
    /// <exception cref="ArgumentException">An argument is no matrix, or inner dimensions differ.</exception>
    public static Tensor ChainMatmul(params IReadOnlyList<Tensor> matrices)
    {
        foreach (var matrix in matrices)
            if (matrix.Ndim != 2) throw OperationError.Argument("chain_matmul", $"tensor dimension is {matrix.Ndim}, expected 2 instead: {OperationError.Text(matrix.Shape)}");
        return matrices.Count == 1 ? matrices[0] : Linalg.MultiDot(matrices);
    }
}
