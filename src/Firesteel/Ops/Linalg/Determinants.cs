using System.Numerics;

namespace Firesteel;

public static partial class Linalg
{
    private static readonly Operation<ValueTuple> s_det = new("linalg_det",
        (Save.Input0 | Save.Output0, static (in s, g) => DetBackward(s.Input(0), s.Output(), g)));

    private static readonly Operation<ValueTuple> s_slogdet = new("linalg_slogdet",
        (Save.Input0, static (in s, g) =>
        {
            // The sign is constant wherever it is differentiable.
            if (s.Grad(1) is not { } ofLog) return ZerosOf(s.Input(0));
            var a = s.Input(0);
            return Solve(a.MT, Scaled(ofLog, a));
        }));

    private static Tensor ZerosOf(Tensor x) => Tensor.ZerosLike(x);

    /// <summary>Multiples of the identity, of a matrix's shape.</summary>
    private static Tensor Scaled(Tensor factors, Tensor x) => factors.Unsqueeze(-1).Unsqueeze(-1).Mul(Identity(ColumnsOf(x), x.DType));

    /// <summary>The determinant of square matrices (<c>torch.linalg.det</c>).</summary>
    /// <exception cref="ArgumentException">No square matrices.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static Tensor Det(Tensor A)
    {
        CheckMatrices("linalg.det", A, true);
        var (sign, diagonal) = SignAndDiagonal(A);
        return s_det.Record(diagonal.Prod(-1).Mul(sign).Contiguous().Layout, [A], default);
    }

    /// <summary>The sign of the determinant of square matrices, and the logarithm of its absolute value (<c>torch.linalg.slogdet</c>).</summary>
    /// <exception cref="ArgumentException">No square matrices.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static (Tensor Sign, Tensor Logabsdet) Slogdet(Tensor A)
    {
        CheckMatrices("linalg.slogdet", A, true);
        var (sign, diagonal) = SignAndDiagonal(A);
        var results = s_slogdet.RecordMany([sign.Mul(diagonal.Sgn().Prod(-1)).Contiguous().Layout, diagonal.Abs().Log().Sum(-1).Contiguous().Layout], [A], default);
        return (results[0], results[1]);
    }

    /// <summary>The sign of the row exchanges and U's diagonal.</summary>
    private static (Tensor Sign, Tensor Diagonal) SignAndDiagonal(Tensor A)
    {
        var (lu, pivots, _) = Factored(A);
        return (SignOf(pivots, A.DType), lu.Diagonal(0, -2, -1));
    }

    private static Tensor SignOf(Tensor pivots, DType dtype)
    {
        var exchanged = pivots.Ne(Tensor.Arange(1, pivots.Shape.Sizes[^1] + 1)).To(dtype).Sum(-1);
        return 1 - (exchanged.Remainder(2) * 2);
    }

    private static Tensor DetBackward(Tensor A, Tensor det, Tensor g)
    {
        if (A.NumElements == 0) return ZerosOf(A);
        if (!GradMode.Enabled)
        {
            // det(A) A^-T is the matrix of cofactors. It depends smoothly on A, so zeros among U's diagonal may be replaced by something tiny.
            var (lu, pivots, _) = Factored(A);
            var diagonal = lu.Diagonal(0, -2, -1);
            var tiny = diagonal.Abs().Amax(-1, true).Mul(A.DType.Epsilon()).ClampMin(A.DType.Epsilon());
            var regular = Tensor.Where(diagonal.Eq(0), tiny, diagonal);
            lu = lu + (regular - diagonal).DiagEmbed();
            return LuSolve(lu, pivots, Scaled(regular.Prod(-1).Mul(SignOf(pivots, A.DType)).Mul(g), A), adjoint: true);
        }
        double bound = 100 * A.DType.Epsilon();
        bool singular = det.Detach().Abs().Lt(bound).Any().Item() != 0;
        if (!singular) return Solve(A.MT, Scaled(det.Mul(g), A));
        // Cofactors by singular values: of U S V^T they are det(U) det(V) U (products of all other singular values) V^T.
        var (u, s, vh) = Svd(A);
        long n = ColumnsOf(A);
        var others = s.Unsqueeze(-2).Expand([.. BatchOf(A), n, n]).MaskedFill(Tensor.Eye(n, dtype: DType.Bool), 1).Prod(-1);
        var factor = g.Mul(Det(u.Detach()).Mul(Det(vh.Detach())).Sgn()).Unsqueeze(-1).Mul(others);
        return u.Mul(factor.Unsqueeze(-2)).Matmul(vh);
    }
}
