using System.Numerics;

namespace Firesteel;

public static partial class Linalg
{
    private static readonly Operation<string> s_qr = new("linalg_qr",
        (Save.Output0 | Save.Output1, static (in s, g) => QrBackward(s.Output(0), s.Output(1), s.Grad(0), s.Grad(1), s.State)));

    /// <summary>
    /// A = Q R with orthonormal columns in Q and R upper triangular (<c>torch.linalg.qr</c>). Of m x n matrices and k = min(m, n), Q is m x k and R k x n
    /// (mode "reduced"), m x m and m x n ("complete"), or Q is empty ("r").
    /// </summary>
    /// <exception cref="ArgumentException">No matrices, or another mode.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static (Tensor Q, Tensor R) Qr(Tensor A, string mode = "reduced")
    {
        CheckMatrices("linalg.qr", A);
        if (mode is not ("reduced" or "complete" or "r"))
            throw OperationError.Argument("linalg.qr", $"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'");
        int m = RowsOf(A), n = ColumnsOf(A), k = Math.Min(m, n), columns = mode == "complete" ? m : k;
        var (packed, tau) = PackedQr(A);
        var q = mode == "r" ? Tensor.Empty([0], A.DType) : NewStack(BatchOf(A), [m, columns], A.DType);
        if (mode != "r")
        {
            HostRoutine.Run("product of reflections", [q], [packed, tau], CountOf(BatchOf(A)), static (t, count) =>
            {
                if (t[0].DType == DType.Float32) MakeQ<float>(t[1], t[2], t[0], count);
                else MakeQ<double>(t[1], t[2], t[0], count);
            });
        }
        var r = packed.Narrow(-2, 0, columns).Triu().Contiguous();
        var results = s_qr.RecordMany([q.Layout, r.Layout], [A], mode);
        return (results[0], results[1]);
    }

    internal static (Tensor Packed, Tensor Tau) PackedQr(Tensor A)
    {
        var packed = CopyOf(A);
        var tau = NewStack(BatchOf(A), [Math.Min(RowsOf(A), ColumnsOf(A))], A.DType);
        HostRoutine.Run("qr", [packed, tau], [], CountOf(BatchOf(A)), static (t, count) =>
        {
            if (t[0].DType == DType.Float32) FactorQr<float>(t[0], t[1], count);
            else FactorQr<double>(t[0], t[1], count);
        });
        return (packed, tau);
    }

    private static void FactorQr<T>(Tensor packed, Tensor tau, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int m = RowsOf(packed), n = ColumnsOf(packed), k = Math.Min(m, n);
        if (k == 0) return;
        Span<T> values = packed.AsSpan<T>(), factors = tau.AsSpan<T>();
        for (int b = 0; b < count; b++) Householder.Factor(values.Slice(b * m * n, m * n), m, n, factors.Slice(b * k, k));
    }

    private static void MakeQ<T>(Tensor packed, Tensor tau, Tensor q, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int m = RowsOf(packed), n = ColumnsOf(packed), k = Math.Min(m, n), columns = ColumnsOf(q);
        if (m == 0 || columns == 0) return;
        Span<T> values = packed.AsSpan<T>(), factors = tau.AsSpan<T>(), target = q.AsSpan<T>();
        for (int b = 0; b < count; b++) Householder.Product(values.Slice(b * m * n, m * n), m, n, factors.Slice(b * k, k), target.Slice(b * m * columns, m * columns), columns);
    }

    private static Tensor QrBackward(Tensor q, Tensor r, Tensor? ofQ, Tensor? ofR, string mode)
    {
        if (mode == "r") throw OperationError.NotSupported("linalg.qr", "the derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use mode='reduced' if you are going to differentiate through linalg.qr");
        int m = RowsOf(q), n = ColumnsOf(r);
        if (mode == "complete" && m > n)
            throw OperationError.NotSupported("linalg.qr", $"the QR decomposition is not differentiable when mode='complete' and nrows > ncols ({m} > {n}): Q is not unique");
        if (m >= n) return QrOfTall(q, r, ofQ, ofR);
        // A = Q [R1 R2]: R2 = Q^T A2 hands its gradient to A2 and, through Q, to A1 = Q R1.
        Tensor r1 = r.Narrow(-1, 0, m), r2 = r.Narrow(-1, m, n - m);
        if (ofR is null) return Tensor.Cat([QrOfTall(q, r1, ofQ, null), Tensor.Zeros([.. BatchOf(q), m, n - m], q.DType)], -1);
        var of2 = ofR.Narrow(-1, m, n - m);
        var throughQ = q.Matmul(r2).Matmul(of2.MT);
        return Tensor.Cat([QrOfTall(q, r1, ofQ is null ? throughQ : ofQ + throughQ, ofR.Narrow(-1, 0, m)), q.Matmul(of2)], -1);
    }

    private static Tensor QrOfTall(Tensor q, Tensor r, Tensor? ofQ, Tensor? ofR)
    {
        var inner = ofR?.Matmul(r.MT);
        if (ofQ is not null) inner = inner is null ? -q.MT.Matmul(ofQ) : inner - q.MT.Matmul(ofQ);
        var triangle = inner!.Triu();
        var result = q.Matmul(triangle + triangle.Triu(1).MT);
        return SolveTriangular(r.MT, ofQ is null ? result : result + ofQ, upper: false, left: false);
    }

    /// <summary>The first columns of the product of reflections I - tau v v^T, given as <see cref="Tensor.Geqrf"/> gives them (<c>torch.linalg.householder_product</c>).</summary>
    /// <exception cref="ArgumentException">More columns than rows, more reflections than columns, or sizes or dtypes that do not fit.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static Tensor HouseholderProduct(Tensor A, Tensor tau)
    {
        CheckReflections("linalg.householder_product", A, tau);
        int m = RowsOf(A), n = ColumnsOf(A);
        if (m < n) throw OperationError.Argument("linalg.householder_product", $"input.shape[-2] must be greater than or equal to input.shape[-1], got {OperationError.Text(A.Shape)}");
        return Reflect(A, tau, Tensor.Eye(m, n, A.DType).Expand([.. A.Shape.Sizes]), false);
    }

    // Without reflections the product is what was given, and yet a result that requires a gradient, as everywhere else.
    private static readonly Operation<(Shape A, Shape Tau)> s_noReflection = new("householder_product",
        (Save.None, static (in s, g) => g),
        (Save.None, static (in s, g) => Tensor.Zeros(s.State.A, dtype: g.DType)),
        (Save.None, static (in s, g) => Tensor.Zeros(s.State.Tau, dtype: g.DType)));

    internal static void CheckReflections(string operation, Tensor A, Tensor tau)
    {
        if (A.Ndim < 2) throw OperationError.Argument(operation, $"input must have at least 2 dimensions, got {OperationError.Text(A.Shape)}");
        CheckMatrices(operation, A);
        CheckSameType(operation, A, tau);
        if (A.Ndim - tau.Ndim != 1)
            throw OperationError.Argument(operation, $"expected tau to have one dimension less than input, but got tau.ndim equal to {tau.Ndim} and input.ndim is equal to {A.Ndim}");
        if (ColumnsOf(A) < tau.Shape.Sizes[^1])
            throw OperationError.Argument(operation, $"input.shape[-1] must be greater than or equal to tau.shape[-1], got {OperationError.Text(A.Shape)} and {OperationError.Text(tau.Shape)}");
        if (!BatchOf(A).SequenceEqual(tau.Shape.Sizes.AsSpan(0, tau.Ndim - 1)))
            throw OperationError.Argument(operation, $"expected batch dimensions of tau to be equal to input.shape[:-2], but got {OperationError.Text(tau.Shape)} and {OperationError.Text(A.Shape)}");
    }

    /// <summary>H1 H2 ... Hk x, or Hk ... H1 x, one reflection after the other in operations, so that all derivatives are there.</summary>
    internal static Tensor Reflect(Tensor A, Tensor tau, Tensor x, bool transpose)
    {
        int m = RowsOf(A), k = (int)tau.Shape.Sizes[^1];
        if (k == 0) return s_noReflection.Record(x.Contiguous().Layout, [x, A, tau], (A.Shape, tau.Shape));
        var v = A.Narrow(-1, 0, k).Tril(-1) + Tensor.Eye(m, k, A.DType);
        for (int step = 0; step < k; step++)
        {
            int i = transpose ? step : k - 1 - step;
            var vector = v.Narrow(-1, i, 1);
            x = x - (tau.Narrow(-1, i, 1).Unsqueeze(-1) * vector).Matmul(vector.MT.Matmul(x));
        }
        return x;
    }
}
