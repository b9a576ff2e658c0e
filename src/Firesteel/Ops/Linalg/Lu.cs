using System.Numerics;

namespace Firesteel;

public static partial class Linalg
{
    private static readonly Operation<ValueTuple> s_luFactor = new("linalg_lu_factor_ex",
        (Save.Output0 | Save.Output1, static (in s, g) => LuBackward(s.Output(), s.Output(1), s.GradOrZeros(0))));

    /// <summary>A = P L U (<c>torch.linalg.lu</c>). Without pivoting P has no elements.</summary>
    /// <exception cref="ArgumentException">No matrices.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static (Tensor P, Tensor L, Tensor U) Lu(Tensor A, bool pivot = true)
    {
        var (lu, pivots, _) = LuFactorEx(A, pivot);
        return Unpack(lu, pivots, true, pivot);
    }

    /// <summary>L (below the diagonal, which is ones) and U of A = P L U in one matrix, and the row exchanges, counted from 1 (<c>torch.linalg.lu_factor</c>).</summary>
    /// <exception cref="ArgumentException">No matrices.</exception>
    /// <exception cref="InvalidOperationException">U has a zero on its diagonal.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static (Tensor LU, Tensor Pivots) LuFactor(Tensor A, bool pivot = true)
    {
        var (lu, pivots, info) = LuFactorEx(A, pivot);
        CheckInfo("linalg.lu_factor", info, static code => $"U[{code},{code}] is zero and using it on LuSolve would result in a division by zero. If you still want to perform the factorization, consider calling Linalg.Lu or Linalg.LuFactorEx");
        return (lu, pivots);
    }

    /// <summary><see cref="LuFactor"/> that does not throw: the code is 0, or the number of the first zero on U's diagonal (<c>torch.linalg.lu_factor_ex</c>).</summary>
    /// <exception cref="ArgumentException">No matrices.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="checkErrors"/> is set, and U has a zero on its diagonal.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static (Tensor LU, Tensor Pivots, Tensor Info) LuFactorEx(Tensor A, bool pivot = true, bool checkErrors = false)
    {
        CheckMatrices("linalg.lu_factor", A);
        var (lu, pivots, info) = Factored(A, pivot);
        if (checkErrors) CheckInfo("linalg.lu_factor_ex", info, static code => $"U[{code},{code}] is zero");
        var results = s_luFactor.RecordMany([lu.Layout, pivots.Layout, info.Layout], [A], default);
        return (results[0], results[1], results[2]);
    }

    /// <summary>The factorization alone, outside the graph.</summary>
    private static (Tensor LU, Tensor Pivots, Tensor Info) Factored(Tensor A, bool pivot = true)
    {
        var lu = CopyOf(A);
        var pivots = NewStack(BatchOf(A), [Math.Min(RowsOf(A), ColumnsOf(A))], DType.Int32);
        var info = NewStack(BatchOf(A), [], DType.Int32);
        HostRoutine.Run("lu", [lu, pivots, info], [], pivot, static (t, pivot) =>
        {
            if (t[0].DType == DType.Float32) FactorLu<float>(t[0], t[1], t[2], pivot);
            else FactorLu<double>(t[0], t[1], t[2], pivot);
        });
        return (lu, pivots, info);
    }

    private static void FactorLu<T>(Tensor lu, Tensor pivots, Tensor info, bool pivot)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int m = RowsOf(lu), n = ColumnsOf(lu), k = Math.Min(m, n);
        Span<T> values = lu.AsSpan<T>();
        Span<int> exchanges = pivots.AsSpan<int>(), codes = info.AsSpan<int>();
        for (int b = 0; b < codes.Length; b++) codes[b] = LuFactorization.Factor(values.Slice(b * m * n, m * n), m, n, exchanges.Slice(b * k, k), pivot);
    }

    /// <summary>For every row of P^T A, the int64 number of the row of A that it is; [..., rows].</summary>
    private static Tensor PermutationOf(Tensor pivots, int rows)
    {
        var result = NewStack(pivots.Shape.Sizes.AsSpan(0, pivots.Ndim - 1), [rows], DType.Int64);
        HostRoutine.Run("permutation", [result], [Readable(pivots)], rows, static (t, rows) =>
        {
            int k = (int)t[1].Shape.Sizes[^1];
            var exchanges = t[1].AsSpan<int>();
            var permutation = t[0].AsSpan<long>();
            foreach (int pivot in exchanges)
                if (pivot < 1 || pivot > rows) throw OperationError.Index("lu", $"pivot {pivot} is out of range for matrices of {rows} rows");
            for (int b = 0; b * rows < permutation.Length; b++) LuFactorization.Permutation(exchanges.Slice(b * k, k), permutation.Slice(b * rows, rows));
        });
        return result;
    }

    /// <summary>P as matrices.</summary>
    private static Tensor PermutationMatrix(Tensor pivots, int rows, DType dtype) =>
        PermutationOf(pivots, rows).Unsqueeze(-2).Eq(Tensor.Arange(rows).Unsqueeze(-1)).To(dtype);

    internal static (Tensor P, Tensor L, Tensor U) Unpack(Tensor lu, Tensor pivots, bool data, bool wantPivots)
    {
        CheckMatrices("lu_unpack", lu);
        if (pivots.DType != DType.Int32)
            throw OperationError.Argument("lu_unpack", $"LU_pivots is expected to be a contiguous tensor of int32 dtype, got {pivots.DType.Name()}. Use pivots that come from LuFactor");
        int m = RowsOf(lu), n = ColumnsOf(lu), k = Math.Min(m, n);
        if (wantPivots && (pivots.Ndim != lu.Ndim - 1 || pivots.Shape.Sizes[^1] != k))
            throw OperationError.Argument("lu_unpack", $"expected LU_pivots of shape {OperationError.Text([.. BatchOf(lu), k])} for LU {OperationError.Text(lu.Shape)}, got {OperationError.Text(pivots.Shape)}");
        var p = wantPivots ? PermutationMatrix(pivots, m, lu.DType) : Tensor.Empty([0], lu.DType);
        if (!data) return (p, Tensor.Empty([0], lu.DType), Tensor.Empty([0], lu.DType));
        var l = lu.Narrow(-1, 0, k).Tril(-1) + Tensor.Eye(m, k, lu.DType);
        return (p, l, lu.Narrow(-2, 0, k).Triu());
    }

    private static Tensor LuBackward(Tensor lu, Tensor pivots, Tensor gradient)
    {
        int m = RowsOf(lu), n = ColumnsOf(lu), k = Math.Min(m, n);
        var (p, l, u) = Unpack(lu, pivots, true, true);
        Tensor ofL = gradient.Narrow(-1, 0, k).Tril(-1), ofU = gradient.Narrow(-2, 0, k).Triu(), result;
        if (m <= n)
        {
            // A = P L [U1 U2]: U2 = L^-1 (P^T A)2 hands its gradient to the right part of A and, through L, to the left one.
            Tensor u1 = u.Narrow(-1, 0, k), u2 = u.Narrow(-1, k, n - k), of1 = ofU.Narrow(-1, 0, k), of2 = ofU.Narrow(-1, k, n - k);
            var lower = l.MT.Matmul(ofL);
            if (n > k) lower = lower - of2.Matmul(u2.MT);
            var middle = lower.Tril(-1) + of1.Matmul(u1.MT).Triu();
            var leftPart = SolveTriangular(u1.MT, middle, upper: false, left: false);
            result = SolveTriangular(l.MT, n > k ? Tensor.Cat([leftPart, of2], -1) : leftPart, upper: true, unitriangular: true);
        }
        else
        {
            // A = P [L1; L2] U: L2 = (P^T A)2 U^-1.
            Tensor l1 = l.Narrow(-2, 0, k), l2 = l.Narrow(-2, k, m - k), of1 = ofL.Narrow(-2, 0, k), of2 = ofL.Narrow(-2, k, m - k);
            var middle = l1.MT.Matmul(of1).Tril(-1) + (ofU.Matmul(u.MT) - l2.MT.Matmul(of2)).Triu();
            var upperPart = SolveTriangular(l1.MT, middle, upper: true, unitriangular: true);
            result = SolveTriangular(u.MT, Tensor.Cat([upperPart, of2], -2), upper: false, left: false);
        }
        return p.Matmul(result);
    }

    /// <summary>The solution of A X = B, or X A = B, given the LU factors of A, or of its transpose (<c>torch.linalg.lu_solve</c>). Leading sizes broadcast.</summary>
    /// <exception cref="ArgumentException">Shapes or dtypes do not fit.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static Tensor LuSolve(Tensor LU, Tensor pivots, Tensor B, bool left = true, bool adjoint = false)
    {
        CheckMatrices("linalg.lu_solve", LU, true);
        CheckMatrices("linalg.lu_solve", B);
        CheckSameType("linalg.lu_solve", LU, B);
        int n = RowsOf(LU);
        if (pivots.DType != DType.Int32) throw OperationError.Argument("linalg.lu_solve", $"pivots should be a tensor of scalar type int32, got {pivots.DType.Name()}");
        if (pivots.Ndim != LU.Ndim - 1 || !pivots.Shape.Sizes.AsSpan().SequenceEqual(LU.Shape.Sizes.AsSpan(0, LU.Ndim - 1)))
            throw OperationError.Argument("linalg.lu_solve", $"number of pivots per batch should be same as the dimension of the matrix: LU {OperationError.Text(LU.Shape)}, pivots {OperationError.Text(pivots.Shape)}");
        if (n != (left ? RowsOf(B) : ColumnsOf(B)))
            throw OperationError.Argument("linalg.lu_solve", $"incompatible shapes of A and B for the equation {(left ? "AX = B" : "XA = B")} ({n}x{n} and {RowsOf(B)}x{ColumnsOf(B)})");
        if (!left) return LuSolve(LU, pivots, B.MT, true, !adjoint).MT;
        long[] batch = CommonBatch("linalg.lu_solve", LU, B);
        B = WithBatch(B, batch);
        var permutation = PermutationOf(pivots, n);
        if (adjoint)
        {
            var y = SolveTriangular(LU.MT, SolveTriangular(LU.MT, B, upper: false), upper: true, unitriangular: true);
            return PermuteRows(y, permutation.Argsort());
        }
        return SolveTriangular(LU, SolveTriangular(LU, PermuteRows(B, permutation), upper: false, unitriangular: true), upper: true);
    }

    private static Tensor PermuteRows(Tensor x, Tensor permutation) => x.Gather(-2, permutation.Unsqueeze(-1).Expand([.. x.Shape.Sizes]));
}
