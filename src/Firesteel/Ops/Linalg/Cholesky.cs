using System.Numerics;

namespace Firesteel;

public static partial class Linalg
{
    private static readonly Operation<bool> s_cholesky = new("linalg_cholesky_ex",
        (Save.Output0, static (in s, g) => CholeskyBackward(s.Output(), s.GradOrZeros(0), s.State)));

    private static readonly Operation<bool> s_choleskyInverse = new("cholesky_inverse",
        (Save.Input0 | Save.Output0, static (in s, g) =>
        {
            var inverse = s.Output();
            var common = inverse.Matmul((g + g.MT).Matmul(inverse));
            return s.State ? -s.Input(0).Matmul(common) : -common.Matmul(s.Input(0));
        }));

    private static readonly Operation<bool> s_choleskySolve = new("cholesky_solve",
        (Save.Input1, static (in s, g) => CholeskySolve(g, s.Input(1), s.State)),
        (Save.Input1 | Save.Output0, static (in s, g) =>
        {
            var half = CholeskySolve(g, s.Input(1), s.State).Matmul(s.Output().MT);
            var common = half + half.MT;
            return s.State ? -s.Input(1).Matmul(common) : -common.Matmul(s.Input(1));
        }));

    /// <summary>L of A = L L^T of symmetric positive-definite matrices, or U of A = U^T U; one triangle is read (<c>torch.linalg.cholesky</c>).</summary>
    /// <exception cref="ArgumentException">No square matrices.</exception>
    /// <exception cref="InvalidOperationException">A matrix is not positive-definite.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static Tensor Cholesky(Tensor A, bool upper = false) => CholeskyEx("linalg.cholesky", A, upper, true).L;

    /// <summary><see cref="Cholesky"/> that does not throw: the code is 0, or the order of the first leading minor that is not positive (<c>torch.linalg.cholesky_ex</c>).</summary>
    /// <exception cref="ArgumentException">No square matrices.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="checkErrors"/> is set, and a matrix is not positive-definite.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static (Tensor L, Tensor Info) CholeskyEx(Tensor A, bool upper = false, bool checkErrors = false) => CholeskyEx("linalg.cholesky_ex", A, upper, checkErrors);

    internal static (Tensor L, Tensor Info) CholeskyEx(string operation, Tensor A, bool upper, bool checkErrors)
    {
        CheckMatrices(operation, A, true);
        var l = CopyOf(upper ? A.MT : A);
        var info = NewStack(BatchOf(A), [], DType.Int32);
        HostRoutine.Run("cholesky", [l, info], [], default(ValueTuple), static (t, _) =>
        {
            if (t[0].DType == DType.Float32) FactorCholesky<float>(t[0], t[1]);
            else FactorCholesky<double>(t[0], t[1]);
        });
        if (checkErrors) CheckInfo(operation, info, static code => $"The factorization could not be completed because the input is not positive-definite (the leading minor of order {code} is not positive-definite).");
        var results = s_cholesky.RecordMany([upper ? l.MT.Contiguous().Layout : l.Layout, info.Layout], [A], upper);
        return (results[0], results[1]);
    }

    private static void FactorCholesky<T>(Tensor l, Tensor info)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int n = RowsOf(l);
        var values = l.AsSpan<T>();
        var codes = info.AsSpan<int>();
        for (int b = 0; b < codes.Length; b++) codes[b] = CholeskyFactorization.Factor(values.Slice(b * n * n, n * n), n);
    }

    private static Tensor CholeskyBackward(Tensor factor, Tensor gradient, bool upper)
    {
        var l = upper ? factor.MT : factor;
        var phi = l.MT.Matmul(upper ? gradient.MT : gradient);
        // The symmetric part of the lower triangle with half of its diagonal.
        var middle = (phi.Tril() + phi.Tril(-1).MT) * 0.5;
        return SolveTriangular(l, SolveTriangular(l.MT, middle, upper: true), upper: false, left: false);
    }

    internal static Tensor CholeskyInverse(Tensor factor, bool upper)
    {
        CheckMatrices("cholesky_inverse", factor, true);
        var l = upper ? factor.Detach().MT : factor.Detach();
        CheckDiagonal("cholesky_inverse", l);
        var half = SolveTriangular(l, Identity(ColumnsOf(l), l.DType).Expand([.. l.Shape.Sizes]), upper: false);
        return s_choleskyInverse.Record(half.MT.Matmul(half).Contiguous().Layout, [factor], upper);
    }

    private static void CheckDiagonal(string operation, Tensor l)
    {
        HostRoutine.Run("check of diagonals", [], [Readable(l.Diagonal(0, -2, -1).Eq(0))], operation, static (t, operation) =>
        {
            int n = (int)Math.Max(t[0].Shape.Sizes[^1], 1), at = t[0].AsSpan<bool>().IndexOf(true);
            if (at >= 0) throw OperationError.Invalid(operation, (t[0].Ndim > 1 ? $"(Batch element {at / n}): " : "") + SingularMessage((at % n) + 1));
        });
    }

    /// <summary>The solution of A X = B, given the Cholesky factor of A; leading sizes broadcast.</summary>
    internal static Tensor CholeskySolve(Tensor b, Tensor factor, bool upper)
    {
        CheckMatrices("cholesky_solve", b);
        CheckMatrices("cholesky_solve", factor, true);
        CheckSameType("cholesky_solve", b, factor);
        if (RowsOf(b) != RowsOf(factor))
            throw OperationError.Argument("cholesky_solve", $"incompatible matrix sizes: each A matrix is {RowsOf(factor)} by {ColumnsOf(factor)} but each b matrix is {RowsOf(b)} by {ColumnsOf(b)}");
        long[] batch = CommonBatch("cholesky_solve", b, factor);
        (b, factor) = (WithBatch(b, batch), WithBatch(factor, batch));
        var l = upper ? factor.Detach().MT : factor.Detach();
        var x = SolveTriangular(l.MT, SolveTriangular(l, b.Detach(), upper: false), upper: true);
        return s_choleskySolve.Record(x.Contiguous().Layout, [b, factor], upper);
    }
}
