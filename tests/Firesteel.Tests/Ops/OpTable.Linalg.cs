namespace Firesteel.Tests.Ops;

public static partial class OpTable
{
    private static DType[] LinalgTypes => [DType.Float32, DType.Float64];

    /// <summary>Well away from singular, with singular values and, made symmetric, eigenvalues that differ, whatever was drawn.</summary>
    private static Tensor Regular(Tensor x) => (x * 0.2) + (Tensor.Eye(x.Shape[-2], x.Shape[-1], x.DType) * Tensor.Arange(1, x.Shape[-1] + 1).To(x.DType));

    private static Tensor Definite(Tensor x) => Regular(x).Matmul(Regular(x).MT);

    private static Tensor Lower(Tensor x) => Regular(x).Tril();

    private static Tensor Upper(Tensor x) => Regular(x).Triu();

    /// <summary>The signs of columns are not determined.</summary>
    private static Tensor[] Signless((Tensor U, Tensor S, Tensor V) result) => [result.U.Square(), result.S, result.V.Square()];

    private static (Tensor LU, Tensor Pivots) FactorsOf(Tensor x)
    {
        var (lu, pivots, _) = Linalg.LuFactorEx(Regular(x));
        return (lu, pivots);
    }

    /// <summary>Reflections that are some: R's part of a factorization does not matter, the factors belong to the vectors.</summary>
    private static Tensor TauOf(Tensor x) => 2 / (1 + x.Tril(-1).Square().Sum(-2));

    private const string Square = "3,3 -> 3,3 | 2,3,3 -> 2,3,3 | 0,0 -> 0,0 | 0,2,2 -> 0,2,2", Solving = "3,3; 3,2 -> 3,2 | 2,1,3,3; 2,3,2 -> 2,2,3,2 | 0,0; 0,2 -> 0,2";

    private static IEnumerable<OpCase> Decompositions =>
    [
        Linear("linalg.cholesky", x => Linalg.Cholesky(Definite(x[0])), Square),
        Linear("linalg.cholesky(upper)", x => Linalg.Cholesky(Definite(x[0]), upper: true), Square),
        Many("linalg.cholesky_ex", x => Pair(Linalg.CholeskyEx(Definite(x[0]))), "2,3,3 -> 2,3,3; 2", [Kind.Same, Kind.Int32], dtypes: LinalgTypes, amplifies: 50),
        Alias("cholesky", "linalg.cholesky", x => Definite(x[0]).Cholesky()),
        Linear("cholesky_inverse", x => Lower(x[0]).CholeskyInverse(), Square),
        Linear("cholesky_inverse(upper)", x => Upper(x[0]).CholeskyInverse(upper: true), Square),
        Linear("cholesky_solve", x => x[1].CholeskySolve(Lower(x[0])), Solving),
        Linear("cholesky_solve(upper)", x => x[1].CholeskySolve(Upper(x[0]), upper: true), Solving),
        Linear("linalg.det", x => Linalg.Det(Regular(x[0])), "3,3 -> () | 2,3,3 -> 2 | 0,0 -> ()"),
        Alias("det", "linalg.det", x => Regular(x[0]).Det()),
        Linear("linalg.slogdet", x => Linalg.Slogdet(Regular(x[0])).Logabsdet, "3,3 -> () | 2,3,3 -> 2 | 0,0 -> ()"),
        Linear("slogdet", x => Regular(x[0]).Slogdet().Logabsdet, "2,3,3 -> 2"),
        Linear("logdet", x => Definite(x[0]).Logdet(), "3,3 -> () | 2,3,3 -> 2"),
        Linear("linalg.inv", x => Linalg.Inv(Regular(x[0])), Square),
        Alias("inverse", "linalg.inv", x => Regular(x[0]).Inverse()),
        Many("linalg.inv_ex", x => Pair(Linalg.InvEx(Regular(x[0]))), "2,3,3 -> 2,3,3; 2", [Kind.Same, Kind.Int32], dtypes: LinalgTypes, amplifies: 50),
        Linear("linalg.solve", x => Linalg.Solve(Regular(x[0]), x[1]), Solving + " | 3,3; 3 -> 3 | 2,3,3; 2,3 -> 2,3"),
        Linear("linalg.solve(right)", x => Linalg.Solve(Regular(x[0]), x[1], left: false), "3,3; 2,3 -> 2,3 | 2,1,3,3; 2,2,3 -> 2,2,2,3"),
        Many("linalg.solve_ex", x => Pair(Linalg.SolveEx(Regular(x[0]), x[1])), "2,3,3; 2,3,2 -> 2,3,2; 2", [Kind.Same, Kind.Int32], dtypes: LinalgTypes, amplifies: 50),
        Linear("linalg.solve_triangular", x => Linalg.SolveTriangular(Regular(x[0]), x[1], upper: true), Solving),
        Linear("linalg.solve_triangular(lower, right)", x => Linalg.SolveTriangular(Regular(x[0]), x[1], upper: false, left: false), "3,3; 2,3 -> 2,3 | 2,1,3,3; 2,2,3 -> 2,2,2,3"),
        Linear("linalg.solve_triangular(unitriangular)", x => Linalg.SolveTriangular(Regular(x[0]), x[1], upper: false, unitriangular: true), Solving),
        Linear("triangular_solve", x => x[1].TriangularSolve(Regular(x[0])).Solution, Solving),
        Linear("triangular_solve(transpose)", x => x[1].TriangularSolve(Regular(x[0]), transpose: true).Solution, Solving),
        Linear("linalg.tensorinv", x => Linalg.Tensorinv(Regular(x[0]).Reshape(3, 2, 6), 2), "6,6 -> 6,3,2"),
        Linear("linalg.tensorsolve", x => Linalg.Tensorsolve(Regular(x[0]).Reshape(3, 2, 6), x[1]), "6,6; 3,2 -> 6"),

        Linears("linalg.lu", x => [Linalg.Lu(Regular(x[0])).L, Linalg.Lu(Regular(x[0])).U], "3,3 -> 3,3; 3,3 | 2,4,3 -> 2,4,3; 2,3,3 | 2,4 -> 2,2; 2,4 | 0,3 -> 0,0; 0,3"),
        Linear("linalg.lu_factor", x => Linalg.LuFactor(Regular(x[0])).LU, "3,3 -> 3,3 | 2,4,3 -> 2,4,3 | 2,4 -> 2,4"),
        Linear("linalg.lu_factor_ex", x => Linalg.LuFactorEx(Regular(x[0])).LU, "3,3 -> 3,3"),
        Linear("lu", x => Regular(x[0]).Lu().LU, "3,3 -> 3,3"),
        Linears("lu_unpack", x => { var (_, l, u) = Tensor.LuUnpack(FactorsOf(x[0]).LU, FactorsOf(x[0]).Pivots); return [l, u]; }, "3,3 -> 3,3; 3,3 | 2,4,3 -> 2,4,3; 2,3,3"),
        Linear("linalg.lu_solve", x => Linalg.LuSolve(FactorsOf(x[0]).LU, FactorsOf(x[0]).Pivots, x[1]), Solving),
        Linear("linalg.lu_solve(adjoint)", x => Linalg.LuSolve(FactorsOf(x[0]).LU, FactorsOf(x[0]).Pivots, x[1], adjoint: true), Solving),
        Linear("linalg.lu_solve(right)", x => Linalg.LuSolve(FactorsOf(x[0]).LU, FactorsOf(x[0]).Pivots, x[1], left: false), "3,3; 2,3 -> 2,3"),
        Linear("lu_solve", x => x[1].LuSolve(FactorsOf(x[0]).LU, FactorsOf(x[0]).Pivots), Solving),
        Linear("linalg.ldl_factor", x => Linalg.LdlFactor(Definite(x[0])).LD, "3,3 -> 3,3 | 2,3,3 -> 2,3,3", gradient: false),
        Linear("linalg.ldl_factor_ex", x => Linalg.LdlFactorEx(Definite(x[0])).LD, "3,3 -> 3,3", gradient: false),
        Linear("linalg.ldl_solve", x => { var (ld, pivots) = Linalg.LdlFactor(Definite(x[0])); return Linalg.LdlSolve(ld, pivots, x[1]); }, Solving, gradient: false),

        Linears("linalg.qr", x => Pair(Linalg.Qr(Regular(x[0]))), "3,3 -> 3,3; 3,3 | 2,4,3 -> 2,4,3; 2,3,3 | 2,4 -> 2,2; 2,4 | 0,3 -> 0,0; 0,3"),
        Linears("linalg.qr(complete)", x => Pair(Linalg.Qr(Regular(x[0]), "complete")), "2,4 -> 2,2; 2,4"),
        Linears("qr", x => Pair(Regular(x[0]).Qr()), "2,4,3 -> 2,4,3; 2,3,3"),
        Linears("geqrf", x => Pair(Regular(x[0]).Geqrf()), "2,4,3 -> 2,4,3; 2,3", gradient: false),
        Linear("linalg.householder_product", x => Linalg.HouseholderProduct(x[0], TauOf(x[0])), "4,3 -> 4,3 | 2,3,3 -> 2,3,3"),
        Alias("orgqr", "linalg.householder_product", x => x[0].Orgqr(TauOf(x[0]))),
        Linear("ormqr", x => x[0].Ormqr(TauOf(x[0]), x[1]), "4,3; 4,2 -> 4,2 | 2,4,3; 2,4,2 -> 2,4,2"),
        Linear("ormqr(right, transpose)", x => x[0].Ormqr(TauOf(x[0]), x[1], left: false, transpose: true), "4,3; 2,4 -> 2,4"),

        Linears("linalg.eigh", x => { var (values, vectors) = Linalg.Eigh(Definite(x[0])); return [values, vectors.Square()]; }, "3,3 -> 3; 3,3 | 2,4,4 -> 2,4; 2,4,4 | 0,0 -> 0; 0,0"),
        Linears("linalg.eigh(upper)", x => { var (values, vectors) = Linalg.Eigh(Definite(x[0]), "U"); return [values, vectors.Square()]; }, "2,4,4 -> 2,4; 2,4,4"),
        Linear("linalg.eigvalsh", x => Linalg.Eigvalsh(Definite(x[0])), "3,3 -> 3 | 2,4,4 -> 2,4"),
        Linears("symeig", x => { var (values, vectors) = Definite(x[0]).Symeig(eigenvectors: true); return [values, vectors.Square()]; }, "3,3 -> 3; 3,3"),
        Linears("linalg.svd", x => Signless(Linalg.Svd(Regular(x[0]), fullMatrices: false)), "3,3 -> 3,3; 3; 3,3 | 2,4,3 -> 2,4,3; 2,3; 2,3,3 | 2,4 -> 2,2; 2; 2,4 | 0,3 -> 0,0; 0; 0,3"),
        Linears("svd", x => Signless(Regular(x[0]).Svd()), "2,4,3 -> 2,4,3; 2,3; 2,3,3 | 2,4 -> 2,2; 2; 4,2"),
        Linear("linalg.svdvals", x => Linalg.Svdvals(Regular(x[0])), "3,3 -> 3 | 2,4,3 -> 2,3 | 0,3 -> 0"),
        Linear("linalg.pinv", x => Linalg.Pinv(Regular(x[0])), "4,3 -> 3,4 | 2,2,4 -> 2,4,2 | 3,3 -> 3,3 | 0,3 -> 3,0"),
        Linear("linalg.pinv(hermitian)", x => Linalg.Pinv(Definite(x[0]), hermitian: true), "3,3 -> 3,3"),
        Linear("pinverse", x => Regular(x[0]).Pinverse(), "4,3 -> 3,4"),
        Linear("linalg.matrix_rank", x => Linalg.MatrixRank(Regular(x[0])), "4,3 -> () | 2,2,4 -> 2 | 0,3 -> ()", Kind.Index, gradient: false),
        Linear("linalg.lstsq", x => Linalg.Lstsq(Regular(x[0]), x[1]).Solution, "4,3; 4,2 -> 3,2 | 2,2,4; 2,2,1 -> 2,4,1 | 4,3; 4 -> 3"),

        Linear("linalg.matrix_exp", x => Linalg.MatrixExp(x[0]), Square),
        Alias("matrix_exp", "linalg.matrix_exp", x => x[0].MatrixExp()),
        Linear("linalg.matrix_power", x => Linalg.MatrixPower(x[0], 5), Square),
        Linear("linalg.matrix_power(negative)", x => Linalg.MatrixPower(Regular(x[0]), -3), Square),
        Linear("linalg.matrix_power(0)", x => Linalg.MatrixPower(x[0], 0), Square),
        Alias("matrix_power", "linalg.matrix_power", x => x[0].MatrixPower(5)),
        Linear("linalg.cond", x => Linalg.Cond(Regular(x[0])), "4,3 -> () | 2,3,3 -> 2"),
        Linear("linalg.cond(fro)", x => Linalg.Cond(Regular(x[0]), "fro"), "2,3,3 -> 2"),
        Linear("linalg.cond(1)", x => Linalg.Cond(Regular(x[0]), 1), "3,3 -> ()"),
        Linear("linalg.vander", x => Linalg.Vander(x[0], 4), "2,3 -> 2,3,4 | () -> 1,4"),
        Linear("linalg.diagonal", x => Linalg.Diagonal(x[0]), "2,3,3 -> 2,3") with { Shares = Shares.Always, Repeats = false },
    ];

    private static OpCase Linear(string id, Func<Tensor[], Tensor> run, string samples, Kind kind = Kind.Same, bool gradient = true) =>
        Op(id, run, samples, kind: kind, gradient: gradient, dtypes: LinalgTypes, amplifies: 50);

    private static OpCase Linears(string id, Func<Tensor[], Tensor[]> run, string samples, bool gradient = true) => Many(id, run, samples, gradient: gradient, dtypes: LinalgTypes, amplifies: 50);
}
