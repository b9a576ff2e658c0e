namespace Firesteel;

public partial class Tensor
{
    // The root of a sum of squares; where the distance is 0, so is its gradient.
    private static readonly Pointwise s_euclid = new("cdist", static x => Expr.Sqrt(Expr.Where(x < 0, 0, x)), static (x, y, g) => Expr.Where(Expr.Eq(y, 0), 0, 0.5 * g / y));
    private static readonly Pointwise s_cdistPower = new("cdist", 2, static x => Expr.Pow(Expr.Abs(x[0]), x[1]), static (x, y, g) =>
        [Expr.Where(Expr.Eq(x[0], 0), 0, g * x[1] * Expr.Sign(x[0]) * Expr.Pow(Expr.Abs(x[0]), x[1] - 1)), null], ResultType.Floating);
    private static readonly Pointwise s_pthRoot = new("cdist", 2, static x => Expr.Pow(x[0], 1 / x[1]), static (x, y, g) =>
        [Expr.Where(Expr.Eq(y, 0), 0, g * y / (x[0] * x[1])), null], ResultType.Floating);

    // How many numbers differ. It has a gradient, zeros, as in PyTorch.
    private static readonly Pointwise s_differs = new("cdist", 2, static x => Expr.Ne(x[0], x[1]), static (x, y, g) => [g * 0, g * 0], ResultType.Floating);

    /// <summary>The p-norm distances between all rows of x1 [..., n, d] and all rows of x2 [..., m, d], as [..., n, m]; leading sizes broadcast (<c>torch.cdist</c>).</summary>
    /// <param name="x1">Rows.</param>
    /// <param name="x2">Rows.</param>
    /// <param name="p">The norm: 0 counts numbers that differ, infinity takes the largest difference.</param>
    /// <param name="computeMode"><c>"use_mm_for_euclid_dist_if_necessary"</c> (for more than 25 rows), <c>"use_mm_for_euclid_dist"</c> or <c>"donot_use_mm_for_euclid_dist"</c>: whether the Euclidean distance is computed by a matrix product, faster and less exact.</param>
    /// <exception cref="ArgumentException">Fewer than two dimensions, other last sizes, or a negative p.</exception>
    public static Tensor Cdist(Tensor x1, Tensor x2, double p = 2, string computeMode = "use_mm_for_euclid_dist_if_necessary")
    {
        if (x1.Ndim < 2 || x2.Ndim < 2) throw OperationError.Argument("cdist", $"X1 and X2 must have at least two dimensions, got {Text(x1)} and {Text(x2)}");
        if (x1.Shape[^1] != x2.Shape[^1]) throw OperationError.Argument("cdist", $"X1 and X2 must have the same number of columns. X1: {x1.Shape[^1]} X2: {x2.Shape[^1]} ({Text(x1)} and {Text(x2)})");
        if (!x1.DType.IsFloatingPoint() || !x2.DType.IsFloatingPoint()) throw OperationError.NotSupported("cdist", $"only supports floating-point dtypes, got {x1.DType.Name()} and {x2.DType.Name()}");
        if (!(p >= 0)) throw OperationError.Argument("cdist", $"only supports non-negative p values, got {p}");
        bool product = computeMode switch
        {
            "use_mm_for_euclid_dist_if_necessary" => x1.Shape[^2] > 25 || x2.Shape[^2] > 25,
            "use_mm_for_euclid_dist" => true,
            "donot_use_mm_for_euclid_dist" => false,
            _ => throw OperationError.Argument("cdist", $"{computeMode} is not a valid value for compute_mode"),
        };
        if (p == 2 && product)
        {
            // |a - b|^2 = |a|^2 - 2ab + |b|^2, all three as one matrix product; rounding can make it negative.
            Tensor a = x1.Mul(x1).Sum(-1, keepdim: true), b = x2.Mul(x2).Sum(-1, keepdim: true);
            return s_euclid.Apply(a + b.Transpose(-2, -1) - 2 * x1.Matmul(x2.Transpose(-2, -1)));
        }
        Tensor left = x1.Unsqueeze(-2), right = x2.Unsqueeze(-3);
        return p switch
        {
            0 => s_differs.Apply(left, right).Sum(-1),
            1 => left.Sub(right).Abs().Sum(-1),
            2 => s_euclid.Apply(left.Sub(right).Square().Sum(-1)),
            double.PositiveInfinity => x1.Shape[^1] == 0 ? left.Sub(right).Sum(-1) : left.Sub(right).Abs().Amax(-1),
            _ => s_pthRoot.Apply(s_cdistPower.Apply(left.Sub(right), p).Sum(-1), p),
        };

        static string Text(Tensor x) => OperationError.Text(x.Shape);
    }
}
