using System.Numerics;

namespace Firesteel;

public static partial class Linalg
{
    private static readonly Operation<ValueTuple> s_eigh = new("linalg_eigh",
        (Save.Output0 | Save.Output1, static (in s, g) => EighBackward(s.Output(0), s.Output(1), s.Grad(0), s.Grad(1))));

    /// <summary>
    /// Eigenvalues, ascending, and orthonormal eigenvectors, as columns, of symmetric matrices; the lower ("L") or upper ("U") triangle is read
    /// (<c>torch.linalg.eigh</c>).
    /// </summary>
    /// <exception cref="ArgumentException">No square matrices, or another triangle.</exception>
    /// <exception cref="InvalidOperationException">The algorithm did not converge, or a matrix holds NaN or infinity.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static (Tensor Eigenvalues, Tensor Eigenvectors) Eigh(Tensor A, string UPLO = "L")
    {
        var (values, vectors) = SymmetricEigenOf("linalg.eigh", A, UPLO, true);
        var results = s_eigh.RecordMany([values.Layout, vectors!.Layout], [A], default);
        return (results[0], results[1]);
    }

    /// <summary>Eigenvalues of symmetric matrices, ascending (<c>torch.linalg.eigvalsh</c>).</summary>
    /// <exception cref="ArgumentException">No square matrices, or another triangle.</exception>
    /// <exception cref="InvalidOperationException">The algorithm did not converge, or a matrix holds NaN or infinity.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static Tensor Eigvalsh(Tensor A, string UPLO = "L") =>
        A.RequiresGrad && GradMode.Enabled ? Eigh(A, UPLO).Eigenvalues : SymmetricEigenOf("linalg.eigvalsh", A, UPLO, false).Values;

    private static (Tensor Values, Tensor? Vectors) SymmetricEigenOf(string operation, Tensor A, string uplo, bool wantVectors)
    {
        CheckMatrices(operation, A, true);
        if (uplo.ToUpperInvariant() is not ("L" or "U")) throw OperationError.Argument(operation, $"expected UPLO argument to be 'L' or 'U', but got '{uplo}'");
        bool lower = uplo is "L" or "l";
        var vectors = CopyOf(A);
        var values = NewStack(BatchOf(A), [RowsOf(A)], A.DType);
        HostRoutine.Run("eigenvalues", [vectors, values], [], (operation, lower, wantVectors), static (t, s) =>
        {
            int failed = t[0].DType == DType.Float32 ? Diagonalize<float>(t[0], t[1], s.lower, s.wantVectors) : Diagonalize<double>(t[0], t[1], s.lower, s.wantVectors);
            if (failed >= 0)
                throw OperationError.Invalid(s.operation, $"{(t[0].Ndim > 2 ? $"(Batch element {failed}): " : "")}The algorithm failed to converge because the input matrix is ill-conditioned, has too many repeated eigenvalues or contained non-finite values.");
        });
        return (values, wantVectors ? vectors : null);
    }

    /// <summary>Returns the number of the first matrix that failed, or -1.</summary>
    private static int Diagonalize<T>(Tensor vectors, Tensor values, bool lower, bool wantVectors)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int n = RowsOf(vectors), count = n == 0 ? 0 : CountOf(BatchOf(vectors));
        if (count == 0) return -1;
        Span<T> matrices = vectors.AsSpan<T>(), results = values.AsSpan<T>();
        for (int b = 0; b < count; b++)
            if (!SymmetricEigen.Compute(matrices.Slice(b * n * n, n * n), n, lower, results.Slice(b * n, n), wantVectors)) return b;
        return -1;
    }

    private static Tensor EighBackward(Tensor values, Tensor vectors, Tensor? ofValues, Tensor? ofVectors)
    {
        // Without a gradient of the vectors nothing is divided by differences of eigenvalues, which may be zero.
        if (ofVectors is null) return (vectors * ofValues!.Unsqueeze(-2)).Matmul(vectors.MT);
        var turn = vectors.MT.Matmul(ofVectors);
        var middle = (turn - turn.MT) * 0.5 / Gaps(values);
        return vectors.Matmul(ofValues is null ? middle : middle + ofValues.DiagEmbed()).Matmul(vectors.MT);
    }

    /// <summary>Element (i, j) is x[j] - x[i], and 1 on the diagonal.</summary>
    private static Tensor Gaps(Tensor x) => x.Unsqueeze(-2) - x.Unsqueeze(-1) + Identity(x.Shape.Sizes[^1], x.DType);

    /// <summary>Eigenvalues of any square matrices are complex; there are no complex dtypes (<c>torch.linalg.eig</c>).</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static (Tensor Eigenvalues, Tensor Eigenvectors) Eig(Tensor A) =>
        throw OperationError.NotSupported("linalg.eig", $"eigenvalues of {OperationError.Text(A.Shape)} are complex in general, and there are no complex dtypes. Use Linalg.Eigh for symmetric matrices");

    /// <summary>Eigenvalues of any square matrices are complex; there are no complex dtypes (<c>torch.linalg.eigvals</c>).</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    public static Tensor Eigvals(Tensor A) =>
        throw OperationError.NotSupported("linalg.eigvals", $"eigenvalues of {OperationError.Text(A.Shape)} are complex in general, and there are no complex dtypes. Use Linalg.Eigvalsh for symmetric matrices");
}
