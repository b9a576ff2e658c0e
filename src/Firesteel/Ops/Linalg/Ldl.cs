using System.Numerics;

namespace Firesteel;

public static partial class Linalg
{
    /// <summary>The factors of symmetric matrices, which may be indefinite, A = L D L^T in packed form with pivots, for <see cref="LdlSolve"/> (<c>torch.linalg.ldl_factor</c>). The lower triangle is read. Not differentiable.</summary>
    /// <exception cref="ArgumentException">No square matrices.</exception>
    /// <exception cref="InvalidOperationException">D is singular.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static (Tensor LD, Tensor Pivots) LdlFactor(Tensor A, bool hermitian = false)
    {
        var (ld, pivots, info) = LdlFactorEx(A, hermitian);
        CheckInfo("linalg.ldl_factor", info, static code => $"D[{code},{code}] is zero and using it on LdlSolve would result in a division by zero");
        return (ld, pivots);
    }

    /// <summary><see cref="LdlFactor"/> that does not throw: the code is 0, or the number of the first zero in D (<c>torch.linalg.ldl_factor_ex</c>).</summary>
    /// <exception cref="ArgumentException">No square matrices.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="checkErrors"/> is set, and D is singular.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static (Tensor LD, Tensor Pivots, Tensor Info) LdlFactorEx(Tensor A, bool hermitian = false, bool checkErrors = false)
    {
        CheckMatrices("linalg.ldl_factor_ex", A, true);
        var ld = CopyOf(A.Detach().Tril());
        var pivots = NewStack(BatchOf(A), [RowsOf(A)], DType.Int32);
        var info = NewStack(BatchOf(A), [], DType.Int32);
        HostRoutine.Run("ldl", [ld, pivots, info], [], default(ValueTuple), static (t, _) =>
        {
            if (t[0].DType == DType.Float32) FactorLdl<float>(t[0], t[1], t[2]);
            else FactorLdl<double>(t[0], t[1], t[2]);
        });
        if (checkErrors) CheckInfo("linalg.ldl_factor_ex", info, static code => $"D[{code},{code}] is zero");
        return (ld, pivots, info);
    }

    private static void FactorLdl<T>(Tensor ld, Tensor pivots, Tensor info)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int n = RowsOf(ld);
        var values = ld.AsSpan<T>();
        Span<int> exchanges = pivots.AsSpan<int>(), codes = info.AsSpan<int>();
        for (int b = 0; b < codes.Length; b++) codes[b] = LdlFactorization.Factor(values.Slice(b * n * n, n * n), n, exchanges.Slice(b * n, n));
    }

    /// <summary>The solution of A X = B, given what <see cref="LdlFactor"/> made of A; leading sizes broadcast (<c>torch.linalg.ldl_solve</c>). Not differentiable.</summary>
    /// <exception cref="ArgumentException">Shapes or dtypes do not fit.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static Tensor LdlSolve(Tensor LD, Tensor pivots, Tensor B, bool hermitian = false)
    {
        CheckMatrices("linalg.ldl_solve", LD, true);
        CheckMatrices("linalg.ldl_solve", B);
        CheckSameType("linalg.ldl_solve", LD, B);
        if (RowsOf(LD) != RowsOf(B))
            throw OperationError.Argument("linalg.ldl_solve", $"incompatible shapes of LD {OperationError.Text(LD.Shape)} and B {OperationError.Text(B.Shape)}: {RowsOf(LD)} and {RowsOf(B)} rows");
        if (pivots.DType != DType.Int32) throw OperationError.Argument("linalg.ldl_solve", $"expected pivots to be integers of int32, got {pivots.DType.Name()}");
        if (!pivots.Shape.Sizes.AsSpan().SequenceEqual(LD.Shape.Sizes.AsSpan(0, LD.Ndim - 1)))
            throw OperationError.Argument("linalg.ldl_solve", $"expected LD.shape[:-1] and pivots.shape to be the same, but got pivots with shape {OperationError.Text(pivots.Shape)} and LD {OperationError.Text(LD.Shape)} instead");
        long[] batch = CommonBatch("linalg.ldl_solve", LD, B);
        int n = RowsOf(LD);
        Tensor a = Readable(WithBatch(LD, batch)), p = Readable(pivots.Expand([.. batch, n])), x = CopyOf(WithBatch(B, batch));
        HostRoutine.Run("ldl systems", [x], [a, p], CountOf(batch), static (t, count) =>
        {
            if (t[0].DType == DType.Float32) SolveLdl<float>(t[1], t[2], t[0], count);
            else SolveLdl<double>(t[1], t[2], t[0], count);
        });
        return x;
    }

    private static void SolveLdl<T>(Tensor a, Tensor pivots, Tensor x, int count)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int n = RowsOf(x), k = ColumnsOf(x);
        if (n == 0 || k == 0) return;
        Span<T> factors = a.AsSpan<T>(), values = x.AsSpan<T>();
        var exchanges = pivots.AsSpan<int>();
        foreach (int pivot in exchanges)
            if (pivot == 0 || Math.Abs((long)pivot) > n) throw OperationError.Index("linalg.ldl_solve", $"pivot {pivot} is out of range for matrices of {n} rows");
        for (int b = 0; b < count; b++) LdlFactorization.Solve(factors.Slice(b * n * n, n * n), n, exchanges.Slice(b * n, n), values.Slice(b * n * k, n * k), k);
    }
}
