namespace Firesteel;

public static partial class Linalg
{
    private static readonly Operation<ValueTuple> s_matrixExp = new("linalg_matrix_exp",
        (Save.Input0, static (in s, g) =>
        {
            // The derivative in a direction stands in a corner of the exponential of a matrix of blocks.
            var a = s.Input(0).MT;
            long n = ColumnsOf(a);
            var blocks = Tensor.Cat([Tensor.Cat([a, g], -1), Tensor.Cat([Tensor.ZerosLike(a), a], -1)], -2);
            return MatrixExp(blocks).Narrow(-2, 0, n).Narrow(-1, n, n);
        }));

    private static readonly Operation<Shape> s_zerothPower = new("linalg_matrix_power", (Save.None, static (in s, g) => Tensor.Zeros(s.State, dtype: g.DType)));

    private static readonly double[] s_pade =
        [64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600, 670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1];

    /// <summary>The exponential of square matrices, the sum of A^k / k! (<c>torch.linalg.matrix_exp</c>).</summary>
    /// <exception cref="ArgumentException">No square matrices.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static Tensor MatrixExp(Tensor A)
    {
        CheckMatrices("linalg.matrix_exp", A, true);
        return s_matrixExp.Record((A.NumElements == 0 ? CopyOf(A) : ExponentialOf(A.Detach().To(DType.Float64)).To(A.DType)).Contiguous().Layout, [A], default);
    }

    /// <summary>A rational approximation of degree 13 to matrices scaled down to norm 5, squared as often as they were halved (Higham).</summary>
    private static Tensor ExponentialOf(Tensor x)
    {
        var norm = x.Abs().Sum(-2).Amax(-1);
        // Every matrix is halved as often as it needs; those that need fewer squarings than others keep their value in the rounds that remain.
        var halvings = (norm / 5.371920351148152).Log2().Ceil().ClampMin(0);
        halvings = Tensor.Where(norm.Isfinite(), halvings, 0);
        var a = x * (-halvings).Exp2().Unsqueeze(-1).Unsqueeze(-1);
        Tensor identity = Identity(ColumnsOf(x), x.DType), a2 = a.Matmul(a), a4 = a2.Matmul(a2), a6 = a4.Matmul(a2);
        double[] b = s_pade;
        var odd = a.Matmul(a6.Matmul((a6 * b[13]) + (a4 * b[11]) + (a2 * b[9])) + (a6 * b[7]) + (a4 * b[5]) + (a2 * b[3]) + (identity * b[1]));
        var even = a6.Matmul((a6 * b[12]) + (a4 * b[10]) + (a2 * b[8])) + (a6 * b[6]) + (a4 * b[4]) + (a2 * b[2]) + (identity * b[0]);
        var result = SolveEx(even - odd, even + odd).Result;
        int rounds = (int)halvings.Amax().Item();
        for (int i = 0; i < rounds; i++) result = Tensor.Where(halvings.Gt(i).Unsqueeze(-1).Unsqueeze(-1), result.Matmul(result), result);
        return result;
    }

    /// <summary>A power of square matrices; of a negative exponent that of the inverse (<c>torch.linalg.matrix_power</c>).</summary>
    /// <exception cref="ArgumentException">No square matrices.</exception>
    /// <exception cref="InvalidOperationException">The exponent is negative and a matrix singular.</exception>
    public static Tensor MatrixPower(Tensor A, long n)
    {
        if (A.Ndim < 2 || A.Shape.Sizes[^1] != A.Shape.Sizes[^2])
            throw OperationError.Argument("linalg.matrix_power", $"A must be batches of square matrices with at least 2 dimensions, got {OperationError.Text(A.Shape)}");
        if (n == 0) return s_zerothPower.Record(Tensor.Eye(A.Shape.Sizes[^1], dtype: A.DType).Expand([.. A.Shape.Sizes]).Clone().Layout, [A], A.Shape);
        var square = n < 0 ? Inv(A) : A;
        Tensor? result = null;
        for (ulong rest = (ulong)(n < 0 ? -n : n); ; square = square.Matmul(square))
        {
            if ((rest & 1) != 0) result = result is null ? square : result.Matmul(square);
            rest >>= 1;
            if (rest == 0) return ReferenceEquals(result, A) ? A.Clone() : result!;
        }
    }

    /// <summary>The condition number, the largest over the smallest singular value, or for -2 the inverse of it, or the norm of A times that of its inverse for the orders 1, -1, infinity and -infinity; infinite for singular matrices (<c>torch.linalg.cond</c>).</summary>
    /// <exception cref="ArgumentException">No matrices, no square ones, or another order.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static Tensor Cond(Tensor A, Scalar? p = null)
    {
        CheckMatrices("linalg.cond", A);
        double order = p?.AsDouble ?? 2;
        if (Math.Abs(order) != 2) return CondByNorm(A, x => MatrixNorm(x, order));
        if (A.NumElements == 0) return Tensor.Zeros([.. BatchOf(A)], A.DType);
        var values = Svdvals(A);
        Tensor largest = values.Select(-1, 0), smallest = values.Select(-1, -1);
        return order > 0 ? largest / smallest : smallest / largest;
    }

    /// <summary>The condition number in the Frobenius norm, "fro", or the nuclear norm, "nuc" (<c>torch.linalg.cond</c>).</summary>
    /// <exception cref="ArgumentException">No square matrices, or another name.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static Tensor Cond(Tensor A, string p)
    {
        if (p is not ("fro" or "nuc")) throw OperationError.Argument("linalg.cond", $"got invalid norm type '{p}': it is 'fro' or 'nuc'");
        return CondByNorm(A, x => MatrixNorm(x, p));
    }

    private static Tensor CondByNorm(Tensor A, Func<Tensor, Tensor> norm)
    {
        CheckMatrices("linalg.cond", A, true);
        if (A.NumElements == 0) return Tensor.Zeros([.. BatchOf(A)], A.DType);
        var (inverse, info) = InvEx(A);
        return Tensor.Where(info.Eq(0), norm(A) * norm(inverse), double.PositiveInfinity);
    }

    /// <summary>Powers 0 to N - 1 of every element along a new last dimension, N by default the last size (<c>torch.linalg.vander</c>).</summary>
    /// <exception cref="ArgumentException">N is not above 1.</exception>
    public static Tensor Vander(Tensor x, long? N = null)
    {
        if (x.DType == DType.Bool || x.DType is DType.Float16 or DType.BFloat16)
            throw OperationError.NotSupported("linalg.vander", $"linalg.vander supports floating point and integer tensors, but got {x.DType.Name()}");
        if (x.Ndim == 0) x = x.Unsqueeze(-1);
        long n = N ?? x.Shape.Sizes[^1];
        if (n <= 1) throw OperationError.Argument("linalg.vander", $"N must be greater than 1, got {n}");
        var column = x.Unsqueeze(-1);
        return Tensor.Cat([Tensor.OnesLike(column), column.Expand([.. x.Shape.Sizes, n - 1])], -1).Cumprod(-1, x.DType.IsFloatingPoint() ? null : DType.Int64);
    }

    /// <summary>A view of a diagonal of the last two dimensions, or of two others (<c>torch.linalg.diagonal</c>).</summary>
    /// <exception cref="ArgumentException">The two dimensions are the same.</exception>
    public static Tensor Diagonal(Tensor A, long offset = 0, long dim1 = -2, long dim2 = -1) => A.Diagonal(offset, dim1, dim2);
}
