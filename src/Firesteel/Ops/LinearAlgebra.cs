namespace Firesteel;

public partial class Tensor
{
    /// <summary>Same as <see cref="Linalg.Cholesky"/> (<c>torch.cholesky</c>).</summary>
    /// <exception cref="InvalidOperationException">A matrix is not positive-definite.</exception>
    public Tensor Cholesky(bool upper = false) => Linalg.CholeskyEx("cholesky", this, upper, true).L;

    /// <summary>The inverse of symmetric matrices, given their Cholesky factors (<c>torch.cholesky_inverse</c>).</summary>
    /// <exception cref="ArgumentException">No square matrices.</exception>
    /// <exception cref="InvalidOperationException">A factor has a zero on its diagonal.</exception>
    public Tensor CholeskyInverse(bool upper = false) => Linalg.CholeskyInverse(this, upper);

    /// <summary>The solution of A X = this, given the Cholesky factors of A; leading sizes broadcast (<c>torch.cholesky_solve</c>).</summary>
    /// <exception cref="ArgumentException">Shapes or dtypes do not fit.</exception>
    public Tensor CholeskySolve(Tensor input2, bool upper = false) => Linalg.CholeskySolve(this, input2, upper);

    /// <summary>Same as <see cref="Linalg.Det"/> (<c>torch.det</c>).</summary>
    public Tensor Det() => Linalg.Det(this);

    /// <summary>Same as <see cref="Linalg.Slogdet"/> (<c>torch.slogdet</c>).</summary>
    public (Tensor Sign, Tensor Logabsdet) Slogdet() => Linalg.Slogdet(this);

    /// <summary>The logarithm of the determinant of square matrices: NaN where that is negative, -infinity where it is zero (<c>torch.logdet</c>).</summary>
    /// <exception cref="ArgumentException">No square matrices.</exception>
    public Tensor Logdet()
    {
        var (sign, logarithm) = Linalg.Slogdet(this);
        return Where(sign.Lt(0), double.NaN, logarithm);
    }

    /// <summary>Same as <see cref="Linalg.Inv"/> (<c>torch.inverse</c>).</summary>
    /// <exception cref="InvalidOperationException">A matrix is singular.</exception>
    public Tensor Inverse() => Linalg.Inv(this);

    /// <summary>Same as <see cref="Linalg.Pinv"/> with rtol (<c>torch.pinverse</c>).</summary>
    public Tensor Pinverse(double rcond = 1e-15) => Linalg.Pinv(this, rtol: rcond);

    /// <summary>LU factors in one matrix, the row exchanges, counted from 1, and a code, 0 or the number of the first zero on U's diagonal (<c>torch.lu</c>).</summary>
    /// <exception cref="ArgumentException">No matrices.</exception>
    /// <exception cref="InvalidOperationException">U has a zero on its diagonal, and <paramref name="getInfos"/> is not set.</exception>
    public (Tensor LU, Tensor Pivots, Tensor Info) Lu(bool pivot = true, bool getInfos = false) => Linalg.LuFactorEx(this, pivot, !getInfos);

    /// <summary>The solution of A X = this, given the LU factors of A (<c>torch.lu_solve</c>).</summary>
    /// <exception cref="ArgumentException">Shapes or dtypes do not fit.</exception>
    public Tensor LuSolve(Tensor luData, Tensor luPivots) => Linalg.LuSolve(luData, luPivots, this);

    /// <summary>P, L and U of LU factors; without data or pivots the respective tensors have no elements (<c>torch.lu_unpack</c>).</summary>
    /// <exception cref="ArgumentException">The pivots are not int32, or shapes do not fit.</exception>
    public static (Tensor P, Tensor L, Tensor U) LuUnpack(Tensor luData, Tensor luPivots, bool unpackData = true, bool unpackPivots = true) => Linalg.Unpack(luData, luPivots, unpackData, unpackPivots);

    /// <summary>Same as <see cref="Linalg.Qr"/>, reduced or complete (<c>torch.qr</c>).</summary>
    public (Tensor Q, Tensor R) Qr(bool some = true) => Linalg.Qr(this, some ? "reduced" : "complete");

    /// <summary>A QR factorization in packed form: R on and above the diagonal, reflections below it, and their factors (<c>torch.geqrf</c>). Not differentiable.</summary>
    /// <exception cref="ArgumentException">No matrices.</exception>
    public (Tensor A, Tensor Tau) Geqrf()
    {
        Linalg.CheckMatrices("geqrf", this);
        return Linalg.PackedQr(this);
    }

    /// <summary>Same as <see cref="Linalg.HouseholderProduct"/> (<c>torch.orgqr</c>).</summary>
    public Tensor Orgqr(Tensor input2) => Linalg.HouseholderProduct(this, input2);

    /// <summary>The product of Q, given as reflections in packed form, or of its transpose, with another matrix: from the left Q C, else C Q (<c>torch.ormqr</c>).</summary>
    /// <exception cref="ArgumentException">Shapes or dtypes do not fit.</exception>
    public Tensor Ormqr(Tensor input2, Tensor input3, bool left = true, bool transpose = false)
    {
        Linalg.CheckReflections("ormqr", this, input2);
        Linalg.CheckMatrices("ormqr", input3);
        if (Shape[-2] != input3.Shape[left ? -2 : -1])
            throw OperationError.Argument("ormqr", $"other.shape[{(left ? -2 : -1)}] must be equal to input.shape[-2], got {OperationError.Text(input3.Shape)} and {OperationError.Text(Shape)}");
        // C Q = (Q^T C^T)^T
        return left ? Linalg.Reflect(this, input2, input3, transpose) : Linalg.Reflect(this, input2, input3.MT, !transpose).MT;
    }

    /// <summary>Eigenvalues, ascending, and, if asked for, eigenvectors of symmetric matrices (<c>torch.symeig</c>).</summary>
    public (Tensor Eigenvalues, Tensor Eigenvectors) Symeig(bool eigenvectors = false, bool upper = true) =>
        eigenvectors ? Linalg.Eigh(this, upper ? "U" : "L") : (Linalg.Eigvalsh(this, upper ? "U" : "L"), Empty([0], DType));

    /// <summary>A = U diag(S) V^T; unlike <see cref="Linalg.Svd"/> it gives V (<c>torch.svd</c>). Without <paramref name="computeUv"/> U and V are zeros.</summary>
    public (Tensor U, Tensor S, Tensor V) Svd(bool some = true, bool computeUv = true)
    {
        if (!computeUv)
        {
            long[] batch = Linalg.BatchOf(this).ToArray();
            return (Zeros([.. batch, Shape[-2], Shape[-2]], DType), Linalg.Svdvals(this), Zeros([.. batch, Shape[-1], Shape[-1]], DType));
        }
        var (u, s, vh) = Linalg.Svd(this, !some);
        return (u, s, vh.MT);
    }

    /// <summary>Same as <see cref="Linalg.MatrixExp"/> (<c>torch.matrix_exp</c>).</summary>
    public Tensor MatrixExp() => Linalg.MatrixExp(this);

    /// <summary>Same as <see cref="Linalg.MatrixPower"/> (<c>torch.matrix_power</c>).</summary>
    public Tensor MatrixPower(long n) => Linalg.MatrixPower(this, n);

    /// <summary>The solution X of A X = this with a triangular A, or its transpose, and a copy of A (<c>torch.triangular_solve</c>).</summary>
    /// <exception cref="ArgumentException">Shapes or dtypes do not fit.</exception>
    public (Tensor Solution, Tensor ClonedCoefficient) TriangularSolve(Tensor A, bool upper = true, bool transpose = false, bool unitriangular = false)
    {
        var solution = transpose ? Linalg.SolveTriangular(A.MT, this, !upper, true, unitriangular) : Linalg.SolveTriangular(A, this, upper, true, unitriangular);
        return (solution, A.Expand([.. Linalg.BatchOf(solution), A.Shape[-2], A.Shape[-1]]).Clone());
    }

    /// <summary>An approximate singular value decomposition of rank <paramref name="q"/> of A - M by random projections (<c>torch.svd_lowrank</c>).</summary>
    /// <exception cref="ArgumentException">No matrices.</exception>
    public (Tensor U, Tensor S, Tensor V) SvdLowrank(long q = 6, long niter = 2, Tensor? M = null)
    {
        Linalg.CheckMatrices("svd_lowrank", this);
        var a = M is null ? this : Sub(M);
        if (Shape[-2] < Shape[-1] || Shape[-1] > q)
        {
            var basis = Range(a.MT, q, niter);
            var (u, s, vh) = Linalg.Svd(a.Matmul(basis), false);
            return (u, s, basis.Matmul(vh.MT));
        }
        var left = Range(a, q, niter);
        var (inner, values, right) = Linalg.Svd(left.MT.Matmul(a), false);
        return (left.Matmul(inner), values, right.MT);
    }

    /// <summary>An orthonormal basis of q dimensions of about what a matrix maps to (Halko and others, algorithm 4.4).</summary>
    private static Tensor Range(Tensor a, long q, long niter)
    {
        var basis = Linalg.Qr(a.Matmul(Randn([a.Shape[-1], q], a.DType))).Q;
        for (long i = 0; i < niter; i++) basis = Linalg.Qr(a.Matmul(Linalg.Qr(a.MT.Matmul(basis)).Q)).Q;
        return basis;
    }

    /// <summary>Principal components by <see cref="SvdLowrank"/>, of the rows minus their mean if <paramref name="center"/> is set; q is by default min(6, m, n) (<c>torch.pca_lowrank</c>).</summary>
    /// <exception cref="ArgumentException">No matrices, or q is not between 0 and min(m, n).</exception>
    public (Tensor U, Tensor S, Tensor V) PcaLowrank(long? q = null, bool center = true, long niter = 2)
    {
        Linalg.CheckMatrices("pca_lowrank", this);
        long least = Math.Min(Shape[-2], Shape[-1]), rank = q ?? Math.Min(6, least);
        if (rank < 0 || rank > least) throw OperationError.Argument("pca_lowrank", $"q(={rank}) must be non-negative integer and not greater than min(m, n)={least}");
        if (niter < 0) throw OperationError.Argument("pca_lowrank", $"niter(={niter}) must be non-negative integer");
        return (center ? Sub(Mean(-2, keepdim: true)) : this).SvdLowrank(rank, niter);
    }
}
