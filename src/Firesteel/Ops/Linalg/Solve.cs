namespace Firesteel;

public static partial class Linalg
{
    private static readonly Operation<ValueTuple> s_inv = new("linalg_inv_ex",
        (Save.Output0, static (in s, g) =>
        {
            var transposed = s.Output().MT;
            return -transposed.Matmul(s.GradOrZeros(0).Matmul(transposed));
        }));

    private static readonly Operation<ValueTuple> s_solve = new("linalg_solve_ex",
        (Save.Input0 | Save.Output0, static (in s, g) => -SolveEx(s.Input(0).MT, s.GradOrZeros(0)).Result.Matmul(s.Output().MT)),
        (Save.Input0, static (in s, g) => SolveEx(s.Input(0).MT, s.GradOrZeros(0)).Result));

    /// <summary>The inverse of square matrices (<c>torch.linalg.inv</c>).</summary>
    /// <exception cref="ArgumentException">No square matrices.</exception>
    /// <exception cref="InvalidOperationException">A matrix is singular.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static Tensor Inv(Tensor A) => InvEx("linalg.inv", A, true).Inverse;

    /// <summary><see cref="Inv"/> that does not throw: the code is 0, or the number of the first zero pivot of a singular matrix (<c>torch.linalg.inv_ex</c>).</summary>
    /// <exception cref="ArgumentException">No square matrices.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="checkErrors"/> is set, and a matrix is singular.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static (Tensor Inverse, Tensor Info) InvEx(Tensor A, bool checkErrors = false) => InvEx("linalg.inv_ex", A, checkErrors);

    private static (Tensor Inverse, Tensor Info) InvEx(string operation, Tensor A, bool checkErrors)
    {
        CheckMatrices(operation, A, true);
        var (lu, pivots, info) = Factored(A);
        if (checkErrors) CheckInfo(operation, info, SingularMessage);
        var inverse = LuSolve(lu, pivots, Identity(ColumnsOf(A), A.DType)).Contiguous();
        var results = s_inv.RecordMany([inverse.Layout, info.Layout], [A], default);
        return (results[0], results[1]);
    }

    /// <summary>
    /// The solution of A X = B, or of X A = B (<c>torch.linalg.solve</c>). B is matrices, or vectors if it is one-dimensional or has the shape of A without
    /// the last size. Leading sizes broadcast.
    /// </summary>
    /// <exception cref="ArgumentException">A is not square, or sizes or dtypes do not fit.</exception>
    /// <exception cref="InvalidOperationException">A matrix is singular.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static Tensor Solve(Tensor A, Tensor B, bool left = true) => SolveEx("linalg.solve", A, B, left, true).Result;

    /// <summary><see cref="Solve"/> that does not throw: the code is 0, or the number of the first zero pivot of a singular matrix (<c>torch.linalg.solve_ex</c>).</summary>
    /// <exception cref="ArgumentException">A is not square, or sizes or dtypes do not fit.</exception>
    /// <exception cref="InvalidOperationException"><paramref name="checkErrors"/> is set, and a matrix is singular.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static (Tensor Result, Tensor Info) SolveEx(Tensor A, Tensor B, bool left = true, bool checkErrors = false) => SolveEx("linalg.solve_ex", A, B, left, checkErrors);

    /// <summary>True if B holds vectors and not matrices.</summary>
    private static bool IsVectors(Tensor A, Tensor B) => B.Ndim == 1 || (A.Ndim - 1 == B.Ndim && B.Shape.Sizes.AsSpan().SequenceEqual(A.Shape.Sizes.AsSpan(0, A.Ndim - 1)));

    private static (Tensor Result, Tensor Info) SolveEx(string operation, Tensor A, Tensor B, bool left, bool checkErrors)
    {
        CheckMatrices(operation, A, true);
        CheckSameType(operation, A, B);
        if (IsVectors(A, B))
        {
            if (!left) throw OperationError.Argument(operation, $"vector broadcasting of the left hand side is not supported for left=False. In this case linalg.solve is equivalent to B / A.squeeze(-1): {OperationError.Text(A.Shape)} and {OperationError.Text(B.Shape)}");
            var (vector, code) = SolveEx(operation, A, B.Unsqueeze(-1), true, checkErrors);
            return (vector.Squeeze(-1), code);
        }
        CheckMatrices(operation, B);
        if (ColumnsOf(A) != (left ? RowsOf(B) : ColumnsOf(B)))
            throw OperationError.Argument(operation, $"incompatible shapes of A and B for the equation {(left ? "AX = B" : "XA = B")} ({RowsOf(A)}x{ColumnsOf(A)} and {RowsOf(B)}x{ColumnsOf(B)})");
        if (!left)
        {
            var (transposed, code) = SolveEx(operation, A.MT, B.MT, true, checkErrors);
            return (transposed.MT, code);
        }
        long[] batch = CommonBatch(operation, A, B);
        var (lu, pivots, info) = Factored(A);
        if (checkErrors) CheckInfo(operation, info, static code => $"The solver failed because the input matrix is singular: pivot {code} is zero.");
        (A, B) = (WithBatch(A, batch), WithBatch(B, batch));
        var x = LuSolve(lu, pivots, B.Detach()).Contiguous();
        var results = s_solve.RecordMany([x.Layout, info.Layout], [A, B], default);
        return (results[0], results[1]);
    }

    /// <summary>The inverse of a tensor for <see cref="Tensor.Tensordot(Tensor, long)"/> over its first <paramref name="ind"/> dimensions (<c>torch.linalg.tensorinv</c>).</summary>
    /// <exception cref="ArgumentException">The sizes before and after do not multiply to the same number.</exception>
    public static Tensor Tensorinv(Tensor A, long ind = 2)
    {
        if (ind <= 0) throw OperationError.Argument("linalg.tensorinv", $"expected a strictly positive integer for 'ind', got {ind}");
        int split = (int)Math.Min(ind, A.Ndim);
        long[] before = A.Shape.Sizes[..split], after = A.Shape.Sizes[split..];
        if (CountOf(before) != CountOf(after))
            throw OperationError.Argument("linalg.tensorinv", $"expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), but got {CountOf(after)} != {CountOf(before)} for {OperationError.Text(A.Shape)} and ind = {ind}");
        return Inv(A.Reshape(CountOf(after), CountOf(before))).Reshape([.. after, .. before]);
    }

    /// <summary>X of Tensordot(A, X) = B over X's dimensions; <paramref name="dims"/> of A are moved to its end first (<c>torch.linalg.tensorsolve</c>).</summary>
    /// <exception cref="ArgumentException">The sizes of A do not split into those of B and as many others.</exception>
    /// <exception cref="InvalidOperationException">A, as a matrix, is singular.</exception>
    public static Tensor Tensorsolve(Tensor A, Tensor B, ReadOnlySpan<long> dims = default)
    {
        if (!dims.IsEmpty)
        {
            var ends = new long[dims.Length];
            for (int i = 0; i < ends.Length; i++) ends[i] = A.Ndim - ends.Length + i;
            A = A.Movedim(dims, ends);
        }
        int split = Math.Min(B.Ndim, A.Ndim);
        long[] rest = A.Shape.Sizes[split..];
        long rows = CountOf(A.Shape.Sizes[..split]), columns = CountOf(rest);
        if (rows != columns || rows != B.NumElements)
            throw OperationError.Argument("linalg.tensorsolve", $"expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), but got {columns} != {rows} for {OperationError.Text(A.Shape)} and {OperationError.Text(B.Shape)}");
        return Solve(A.Reshape(rows, columns), B.Flatten()).Reshape(rest);
    }
}
