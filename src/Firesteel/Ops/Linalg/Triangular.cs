using System.Numerics;

namespace Firesteel;

public static partial class Linalg
{
    private static readonly Operation<(bool Upper, bool Unitriangular)> s_solveTriangular = new("linalg_solve_triangular",
        (Save.Input0 | Save.Output0, static (in s, g) =>
        {
            var ofA = -SolveTriangular(s.Input(0).MT, g, !s.State.Upper, true, s.State.Unitriangular).Matmul(s.Output().MT);
            return s.State.Upper ? ofA.Triu(s.State.Unitriangular ? 1 : 0) : ofA.Tril(s.State.Unitriangular ? -1 : 0);
        }),
        (Save.Input0, static (in s, g) => SolveTriangular(s.Input(0).MT, g, !s.State.Upper, true, s.State.Unitriangular)));

    /// <summary>
    /// The solution of A X = B, or of X A = B, with triangular matrices A, whose other triangle is not read (<c>torch.linalg.solve_triangular</c>). Leading
    /// sizes broadcast. A zero on the diagonal gives infinities.
    /// </summary>
    /// <exception cref="ArgumentException">A is not square, or sizes or dtypes do not fit.</exception>
    /// <exception cref="NotSupportedException">The dtype is not float32 or float64.</exception>
    public static Tensor SolveTriangular(Tensor A, Tensor B, bool upper, bool left = true, bool unitriangular = false)
    {
        CheckMatrices("linalg.solve_triangular", A, true);
        CheckMatrices("linalg.solve_triangular", B);
        CheckSameType("linalg.solve_triangular", A, B);
        if (ColumnsOf(A) != (left ? RowsOf(B) : ColumnsOf(B)))
            throw OperationError.Argument("linalg.solve_triangular", $"incompatible shapes of A and B for the equation {(left ? "AX = B" : "XA = B")} ({RowsOf(A)}x{ColumnsOf(A)} and {RowsOf(B)}x{ColumnsOf(B)})");
        if (!left) return SolveTriangular(A.MT, B.MT, !upper, true, unitriangular).MT;
        long[] batch = CommonBatch("linalg.solve_triangular", A, B);
        (A, B) = (WithBatch(A, batch), WithBatch(B, batch));
        Tensor a = Readable(A), x = CopyOf(B);
        HostRoutine.Run("triangular systems", [x], [a], (CountOf(batch), upper, unitriangular), static (t, s) =>
        {
            if (t[0].DType == DType.Float32) Substitute<float>(t[1], t[0], s.Item1, s.upper, s.unitriangular);
            else Substitute<double>(t[1], t[0], s.Item1, s.upper, s.unitriangular);
        });
        return s_solveTriangular.Record(x.Layout, [A, B], (upper, unitriangular));
    }

    private static void Substitute<T>(Tensor a, Tensor x, int count, bool upper, bool unitriangular)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int n = RowsOf(x), k = ColumnsOf(x);
        if (n == 0 || k == 0) return;
        var coefficients = a.AsSpan<T>();
        var values = x.AsSpan<T>();
        for (int b = 0; b < count; b++) TriangularSystem.Solve(coefficients.Slice(b * n * n, n * n), values.Slice(b * n * k, n * k), n, k, upper, unitriangular);
    }
}
