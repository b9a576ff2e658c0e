namespace Firesteel.Nn;

public static partial class Functional
{
    // The root of a sum of squares; where the distance is 0, so is its gradient.
    private static readonly Pointwise s_euclid = new("pairwise_distance", static x => Expr.Sqrt(x), static (x, y, g) => Expr.Where(Expr.Eq(y, 0), 0, 0.5 * g / y));
    private static readonly Pointwise s_absPower = new("pairwise_distance", 2, static x => Expr.Pow(Expr.Abs(x[0]), x[1]), static (x, y, g) =>
        [Expr.Where(Expr.Eq(x[0], 0), 0, g * x[1] * Expr.Sign(x[0]) * Expr.Pow(Expr.Abs(x[0]), x[1] - 1)), null], ResultType.Floating);
    private static readonly Pointwise s_root = new("pairwise_distance", 2, static x => Expr.Pow(x[0], 1 / x[1]), static (x, y, g) =>
        [Expr.Where(Expr.Eq(y, 0), 0, g * y / (x[0] * x[1])), null], ResultType.Floating);
    private static readonly Pointwise s_magnitude = new("pairwise_distance", static x => Expr.Abs(x));
    private static readonly Pointwise s_notZero = new("pairwise_distance", static x => Expr.Ne(x, 0));

    /// <summary>The p-norm of <c>x1 - x2 + eps</c> along the last dimension (<c>torch.nn.functional.pairwise_distance</c>). Inputs [n, d] or [d] broadcast.</summary>
    public static Tensor PairwiseDistance(Tensor x1, Tensor x2, double p = 2, double eps = 1e-6, bool keepdim = false) =>
        NormOf(x1 - x2 + eps, p, keepdim);

    /// <summary>The p-norm along the last dimension.</summary>
    internal static Tensor NormOf(Tensor difference, double p, bool keepdim = false) => p switch
    {
        2 => s_euclid.Apply((difference * difference).Sum(-1, keepdim)),
        1 => s_magnitude.Apply(difference).Sum(-1, keepdim),
        0 => s_notZero.Apply(difference).Sum(-1, keepdim),
        double.PositiveInfinity => s_magnitude.Apply(difference).Amax(-1, keepdim),
        _ => s_root.Apply(s_absPower.Apply(difference, p).Sum(-1, keepdim), p),
    };
}
