using System.Numerics;

namespace Firesteel;

public static partial class Linalg
{
    private static readonly Operation<ValueTuple> s_svd = new("linalg_svd",
        (Save.Output0 | Save.Output1 | Save.Output2, static (in s, g) => SvdBackward(s.Output(0), s.Output(1), s.Output(2), s.Grad(0), s.Grad(1), s.Grad(2))));

    /// <summary>
    /// A = U diag(S) V^T with singular values in descending order and orthonormal columns in U and V (<c>torch.linalg.svd</c>). Of m x n matrices U is m x m and
    /// V^T n x n, or with <paramref name="fullMatrices"/> false U is m x k and V^T k x n, k = min(m, n).
    /// </summary>
    /// <exception cref="ArgumentException">No matrices.</exception>
    /// <exception cref="InvalidOperationException">A matrix holds NaN or infinity.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static (Tensor U, Tensor S, Tensor Vh) Svd(Tensor A, bool fullMatrices = true)
    {
        var (u, s, vh) = SingularValueDecomposition("linalg.svd", A, fullMatrices, true);
        var results = s_svd.RecordMany([u!.Layout, s.Layout, vh!.Layout], [A], default);
        return (results[0], results[1], results[2]);
    }

    /// <summary>Singular values in descending order (<c>torch.linalg.svdvals</c>).</summary>
    /// <exception cref="ArgumentException">No matrices.</exception>
    /// <exception cref="InvalidOperationException">A matrix holds NaN or infinity.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static Tensor Svdvals(Tensor A) =>
        A.RequiresGrad && GradMode.Enabled ? Svd(A, false).S : SingularValueDecomposition("linalg.svdvals", A, false, false).S;

    private static (Tensor? U, Tensor S, Tensor? Vh) SingularValueDecomposition(string operation, Tensor A, bool full, bool wantVectors)
    {
        CheckMatrices(operation, A);
        int m = RowsOf(A), n = ColumnsOf(A), k = Math.Min(m, n);
        var batch = BatchOf(A);
        Tensor work = CopyOf(A), s = NewStack(batch, [k], A.DType);
        Tensor? u = wantVectors ? NewStack(batch, [m, full ? m : k], A.DType) : null, vh = wantVectors ? NewStack(batch, [full ? n : k, n], A.DType) : null;
        HostRoutine.Run("singular values", u is null ? [work, s] : [work, s, u, vh!], [], operation, static (t, operation) =>
        {
            Tensor? u = t.Length > 2 ? t[2] : null, vh = t.Length > 2 ? t[3] : null;
            int failed = t[0].DType == DType.Float32 ? Decompose<float>(t[0], u, t[1], vh) : Decompose<double>(t[0], u, t[1], vh);
            if (failed >= 0)
                throw OperationError.Invalid(operation, $"{(t[0].Ndim > 2 ? $"(Batch element {failed}): " : "")}The algorithm failed to converge because the input matrix contained non-finite values.");
        });
        return (u, s, vh);
    }

    /// <summary>Returns the number of the first matrix that failed, or -1.</summary>
    private static int Decompose<T>(Tensor work, Tensor? u, Tensor s, Tensor? vh)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int m = RowsOf(work), n = ColumnsOf(work), k = Math.Min(m, n), uColumns = u is null ? 0 : ColumnsOf(u), vRows = vh is null ? 0 : RowsOf(vh);
        for (int b = 0; b < CountOf(BatchOf(work)); b++)
        {
            bool done = SingularValues.Compute(Part<T>(work, b, m * n), m, n, Part<T>(s, b, k), Part<T>(u, b, m * uColumns), uColumns, Part<T>(vh, b, vRows * n), vRows);
            if (!done) return b;
        }
        return -1;
    }

    private static Span<T> Part<T>(Tensor? stack, int number, int size)
        where T : unmanaged => size == 0 ? [] : stack!.AsSpan<T>().Slice(number * size, size);

    private static Tensor SvdBackward(Tensor u, Tensor s, Tensor vh, Tensor? ofU, Tensor? ofS, Tensor? ofVh)
    {
        int m = RowsOf(u), n = ColumnsOf(vh), k = Math.Min(m, n);
        // Of square U and V^T only the parts that belong to singular values are determined.
        (u, vh) = (u.Narrow(-1, 0, k), vh.Narrow(-2, 0, k));
        (ofU, ofVh) = (ofU?.Narrow(-1, 0, k), ofVh?.Narrow(-2, 0, k));
        if (ofU is null && ofVh is null) return (u * ofS!.Unsqueeze(-2)).Matmul(vh);
        var gaps = Gaps(s * s);
        Tensor columns = s.Unsqueeze(-2), rows = s.Unsqueeze(-1);
        var middle = ofS?.DiagEmbed();
        if (ofU is not null) middle = Plus(middle, Skew(u.MT.Matmul(ofU)) / gaps * columns);
        if (ofVh is not null) middle = Plus(middle, rows * (Skew(vh.Matmul(ofVh.MT)) / gaps));
        var result = u.Matmul(middle!).Matmul(vh);
        if (m > k && ofU is not null) result = result + ((ofU - u.Matmul(u.MT.Matmul(ofU))) / columns).Matmul(vh);
        if (n > k && ofVh is not null) result = result + u.Matmul((ofVh - ofVh.Matmul(vh.MT).Matmul(vh)) / rows);
        return result;
    }

    private static Tensor Plus(Tensor? a, Tensor b) => a is null ? b : a + b;

    private static Tensor Skew(Tensor x) => x - x.MT;
}
