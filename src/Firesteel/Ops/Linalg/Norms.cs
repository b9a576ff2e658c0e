namespace Firesteel;

public static partial class Linalg
{
    /// <summary>The norm of vectors, of all elements or along dimensions; any number may be the order (<c>torch.linalg.vector_norm</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    /// <exception cref="ArgumentException">A norm that has no value for no elements, of no elements.</exception>
    public static Tensor VectorNorm(Tensor x, Scalar? ord = null, ReadOnlySpan<long> dim = default, bool keepdim = false, DType? dtype = null) =>
        x.VectorNorm("linalg.vector_norm", ord?.AsDouble ?? 2, dim, keepdim, dtype);

    /// <summary>The norm of vectors along a dimension (<c>torch.linalg.vector_norm</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    /// <exception cref="ArgumentException">A norm that has no value for no elements, of no elements.</exception>
    public static Tensor VectorNorm(Tensor x, Scalar ord, long dim, bool keepdim = false, DType? dtype = null) =>
        x.VectorNorm("linalg.vector_norm", ord.AsDouble, [dim], keepdim, dtype);

    /// <summary>
    /// The norm of matrices: the largest (or for negative orders smallest) sum of absolute values of a column (1) or row (infinity), or singular
    /// value (2) (<c>torch.linalg.matrix_norm</c>).
    /// </summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    /// <exception cref="ArgumentException">Another order, fewer than two dimensions, or twice the same.</exception>
    public static Tensor MatrixNorm(Tensor A, Scalar ord, ReadOnlySpan<long> dim = default, bool keepdim = false, DType? dtype = null)
    {
        var (x, rows, columns) = Matrices(A, dim, dtype);
        double order = ord.AsDouble, size = Math.Abs(order);
        if (size == 2)
        {
            var singular = SingularValuesOver(x, rows, columns);
            return WithDims(order > 0 ? singular.Amax(-1) : singular.Amin(-1), rows, columns, keepdim);
        }
        if (size != 1 && !double.IsInfinity(size)) throw OperationError.Argument("linalg.matrix_norm", $"order {ord} not supported: it is 1, -1, 2, -2, inf, -inf, 'fro' or 'nuc'");
        int summed = size == 1 ? rows : columns, chosen = size == 1 ? columns : rows;
        var sums = x.VectorNorm("linalg.matrix_norm", 1, [summed], true, null);
        var result = order > 0 ? sums.Amax(chosen, true) : sums.Amin(chosen, true);
        return keepdim ? result : result.Squeeze(Math.Max(rows, columns)).Squeeze(Math.Min(rows, columns));
    }

    /// <summary>The Frobenius norm, <c>"fro"</c>, or the nuclear norm, <c>"nuc"</c>, of matrices (<c>torch.linalg.matrix_norm</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    /// <exception cref="ArgumentException">Another name, fewer than two dimensions, or twice the same.</exception>
    public static Tensor MatrixNorm(Tensor A, string ord = "fro", ReadOnlySpan<long> dim = default, bool keepdim = false, DType? dtype = null)
    {
        var (x, rows, columns) = Matrices(A, dim, dtype);
        return ord switch
        {
            "fro" => x.VectorNorm("linalg.matrix_norm", 2, [rows, columns], keepdim, null),
            "nuc" => WithDims(SingularValuesOver(x, rows, columns).Sum(-1), rows, columns, keepdim),
            _ => throw OperationError.Argument("linalg.matrix_norm", $"order '{ord}' not supported: it is 1, -1, 2, -2, inf, -inf, 'fro' or 'nuc'"),
        };
    }

    /// <summary>The norm of all elements without an order; else that of vectors along one dimension, or of matrices over two (<c>torch.linalg.norm</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    /// <exception cref="ArgumentException">An order without dimensions for a tensor that is neither vector nor matrix, or more than two dimensions.</exception>
    public static Tensor Norm(Tensor A, Scalar? ord = null, ReadOnlySpan<long> dim = default, bool keepdim = false, DType? dtype = null)
    {
        if (ord is not { } order) return A.VectorNorm("linalg.norm", 2, dim, keepdim, dtype);
        CheckNormDims(A, dim, false);
        return dim.Length == 1 || (dim.IsEmpty && A.Ndim == 1)
            ? A.VectorNorm("linalg.norm", order.AsDouble, dim, keepdim, dtype)
            : MatrixNorm(A, order, dim.IsEmpty ? [0, 1] : dim, keepdim, dtype);
    }

    /// <summary>The Frobenius or nuclear norm of matrices (<c>torch.linalg.norm</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    /// <exception cref="ArgumentException">The tensor is no matrix and no dimensions are given, or not two.</exception>
    public static Tensor Norm(Tensor A, string ord, ReadOnlySpan<long> dim = default, bool keepdim = false, DType? dtype = null)
    {
        CheckNormDims(A, dim, true);
        return MatrixNorm(A, ord, dim.IsEmpty ? [0, 1] : dim, keepdim, dtype);
    }

    /// <summary>The norm of vectors along a dimension (<c>torch.linalg.norm</c>).</summary>
    /// <exception cref="NotSupportedException">The dtype is not floating-point.</exception>
    public static Tensor Norm(Tensor A, Scalar? ord, long dim, bool keepdim = false, DType? dtype = null) =>
        A.VectorNorm("linalg.norm", ord?.AsDouble ?? 2, [dim], keepdim, dtype);

    private static void CheckNormDims(Tensor x, ReadOnlySpan<long> dim, bool matrix)
    {
        if (dim.IsEmpty)
        {
            if (matrix ? x.Ndim != 2 : x.Ndim is not (1 or 2))
                throw OperationError.Argument("linalg.norm", $"if dim is not specified but ord is, the input must be {(matrix ? "2D" : "1D or 2D")}. Got {x.Ndim}D: {OperationError.Text(x.Shape)}");
        }
        else if (matrix ? dim.Length != 2 : dim.Length > 2)
        {
            throw OperationError.Argument("linalg.norm", $"if dim is specified, it must be of length {(matrix ? "2" : "1 or 2")}. Got {OperationError.Text(dim)}");
        }
    }

    private static (Tensor X, int Rows, int Columns) Matrices(Tensor x, ReadOnlySpan<long> dim, DType? dtype)
    {
        if (dtype is { } wanted) x = x.To(wanted);
        if (x.Ndim < 2) throw OperationError.Argument("linalg.matrix_norm", $"the input tensor A must have at least 2 dimensions, got {OperationError.Text(x.Shape)}");
        if (dim.Length is not (0 or 2)) throw OperationError.Argument("linalg.matrix_norm", $"dim must be a 2-tuple. Got {OperationError.Text(dim)}");
        int[] dims = OperationError.Dims("linalg.matrix_norm", dim.IsEmpty ? [-2, -1] : dim, x.Ndim);
        return (x, dims[0], dims[1]);
    }

    private static Tensor SingularValuesOver(Tensor x, int rows, int columns) => Svdvals(x.Movedim([rows, columns], [-2, -1]));

    private static Tensor WithDims(Tensor x, int rows, int columns, bool keepdim) =>
        keepdim ? x.Unsqueeze(Math.Min(rows, columns)).Unsqueeze(Math.Max(rows, columns)) : x;
}
