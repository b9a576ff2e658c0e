namespace Firesteel;

public static partial class Linalg
{
    private static readonly Operation<ValueTuple> s_pinv = new("linalg_pinv",
        (Save.Input0 | Save.Output0, static (in s, g) => PinvBackward(s.Input(0), s.Output(), g)));

    /// <summary>
    /// The Moore-Penrose inverse of matrices (<c>torch.linalg.pinv</c>). Singular values up to max(atol, rtol times the largest) count as zero; by default
    /// rtol is max(m, n) times the dtype's epsilon, or 0 if a positive atol is given. With <paramref name="hermitian"/> eigenvalues of the lower triangle are taken.
    /// </summary>
    /// <exception cref="ArgumentException">No matrices.</exception>
    /// <exception cref="InvalidOperationException">A matrix holds NaN or infinity.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static Tensor Pinv(Tensor A, Operand? atol = null, Operand? rtol = null, bool hermitian = false)
    {
        CheckMatrices("linalg.pinv", A, hermitian);
        var a = A.Detach();
        int m = RowsOf(A), n = ColumnsOf(A);
        Tensor result;
        if (A.NumElements == 0) result = NewStack(BatchOf(A), [n, m], A.DType).ZeroInPlace();
        else if (hermitian)
        {
            var (values, vectors) = Eigh(a);
            var size = values.Abs();
            var inverse = Tensor.Where(size.Gt(Cutoff(A, size, atol, rtol)), values.Reciprocal(), 0);
            result = (vectors * inverse.Unsqueeze(-2)).Matmul(vectors.MT);
        }
        else
        {
            var (u, s, vh) = Svd(a, false);
            var inverse = Tensor.Where(s.Gt(Cutoff(A, s, atol, rtol)), s.Reciprocal(), 0);
            result = (vh.MT * inverse.Unsqueeze(-2)).Matmul(u.MT);
        }
        return s_pinv.Record(result.Contiguous().Layout, [A], default);
    }

    /// <summary>The bound [..., 1] up to which singular values are zero.</summary>
    private static Tensor Cutoff(Tensor A, Tensor values, Operand? atol, Operand? rtol)
    {
        double epsilon = A.DType.Epsilon() * Math.Max(RowsOf(A), ColumnsOf(A));
        Tensor? absolute = AsBound(atol, A), relative = AsBound(rtol, A);
        if (relative is null)
        {
            relative = Tensor.Full([], epsilon, A.DType);
            if (absolute is not null) relative = Tensor.Where(absolute.Gt(0), 0, relative);
        }
        var bound = values.Amax(-1, true) * relative;
        return absolute is null ? bound : bound.Maximum(absolute);
    }

    /// <summary>Tolerances of a stack, with a dimension for the values.</summary>
    private static Tensor? AsBound(Operand? tolerance, Tensor A) => tolerance is not { } given ? null
        : given.IsScalar ? Tensor.Full([1], given.Scalar.AsDouble, A.DType)
        : given.Tensor!.Detach().To(A.DType).Unsqueeze(-1);

    private static Tensor PinvBackward(Tensor A, Tensor inverse, Tensor g)
    {
        Tensor transposed = inverse.MT, of = g.MT;
        if (RowsOf(A) <= ColumnsOf(A))
        {
            var k = of.Matmul(inverse);
            var kt = k.Matmul(transposed);
            return -inverse.Matmul(k).MT + kt - A.Matmul(inverse).Matmul(kt) + transposed.Matmul(inverse).Matmul(of - k.Matmul(A));
        }
        else
        {
            var k = inverse.Matmul(of);
            var kt = transposed.Matmul(k);
            return -k.Matmul(inverse).MT + (of - A.Matmul(k)).Matmul(inverse).Matmul(transposed) + kt - kt.Matmul(inverse).Matmul(A);
        }
    }

    /// <summary>The number of singular values above max(atol, rtol times the largest), with defaults as for <see cref="Pinv"/>; int64 (<c>torch.linalg.matrix_rank</c>).</summary>
    /// <exception cref="ArgumentException">No matrices.</exception>
    /// <exception cref="InvalidOperationException">A matrix holds NaN or infinity.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static Tensor MatrixRank(Tensor A, Operand? atol = null, Operand? rtol = null, bool hermitian = false)
    {
        CheckMatrices("linalg.matrix_rank", A, hermitian);
        if (RowsOf(A) == 0 || ColumnsOf(A) == 0) return Tensor.Zeros([.. BatchOf(A)], DType.Int64);
        var values = hermitian ? Eigvalsh(A.Detach()).Abs() : Svdvals(A.Detach());
        return values.Gt(Cutoff(A, values, atol, rtol)).Sum(-1);
    }

    /// <summary>The least-squares solution of A X = B, of least norm if there are several; the sums of squared residuals, the ranks and the singular values, each empty where the driver does not give them (<c>torch.linalg.lstsq</c>).</summary>
    /// <param name="A">[..., m, n].</param>
    /// <param name="B">[..., m, k], or vectors [..., m].</param>
    /// <param name="rcond">Singular values up to this part of the largest count as zero; by default max(m, n) times the dtype's epsilon.</param>
    /// <param name="driver">"gelsy" (default), "gels" (full rank), "gelsd" or "gelss". All solve by singular values here; the name decides what else is returned.</param>
    /// <exception cref="ArgumentException">Shapes or dtypes do not fit, or another driver.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static (Tensor Solution, Tensor Residuals, Tensor Rank, Tensor SingularValues) Lstsq(Tensor A, Tensor B, double? rcond = null, string? driver = null)
    {
        const string Operation = "linalg.lstsq";
        if (A.Ndim < 2) throw OperationError.Argument(Operation, $"input must have at least 2 dimensions, got {OperationError.Text(A.Shape)}");
        CheckMatrices(Operation, A);
        CheckSameType(Operation, A, B);
        if (B.Ndim < 1) throw OperationError.Argument(Operation, "other must have at least 1 dimension, got []");
        driver ??= "gelsy";
        if (driver is not ("gels" or "gelsy" or "gelsd" or "gelss")) throw OperationError.Argument(Operation, $"parameter `driver` should be one of (gels, gelsy, gelsd, gelss), got '{driver}'");
        bool vectors = IsVectors(A, B);
        var b = vectors ? B.Unsqueeze(-1) : B;
        if (b.Ndim < 2 || RowsOf(A) != RowsOf(b))
            throw OperationError.Argument(Operation, $"input.size(-2) should match other.size({(vectors ? -1 : -2)}): {OperationError.Text(A.Shape)} and {OperationError.Text(B.Shape)}");
        long[] batch = CommonBatch(Operation, A, b);
        var a = WithBatch(A, batch);
        int m = RowsOf(A), n = ColumnsOf(A);
        double bound = rcond ?? (A.DType.Epsilon() * Math.Max(m, n));
        var x = Pinv(a, rtol: bound).Matmul(b);

        Tensor none = Tensor.Empty([0], A.DType), rank = Tensor.Empty([0], DType.Int64), values = none, residuals = none;
        bool full = true;
        if (driver != "gels")
        {
            rank = MatrixRank(a, rtol: bound);
            if (driver != "gelsy")
            {
                full = m <= n || rank.Eq(n).All().Item() != 0;
                values = Svdvals(a.Detach());
            }
        }
        if (m > n && full && driver != "gelsy") residuals = (a.Detach().Matmul(x.Detach()) - b.Detach()).Square().Sum(-2);
        return (vectors ? x.Squeeze(-1) : x, residuals, rank, values);
    }
}
