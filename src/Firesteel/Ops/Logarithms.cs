namespace Firesteel;

public partial class Tensor
{
    private static readonly Pointwise s_logit = new("logit", static x => Expr.Log(x / (1 - x)), static (x, y, g) => Expr.Where((x >= 0) * (x <= 1), g / (x * (1 - x)), double.NaN));
    private static readonly Pointwise s_logitClamped = new("logit", 2,
        static x =>
        {
            var within = Expr.Where(x[0] < x[1], x[1], Expr.Where(x[0] > 1 - x[1], 1 - x[1], x[0]));
            return Expr.Log(within / (1 - within));
        },
        static (x, y, g) => [Expr.Where(x[0] < x[1], 0, Expr.Where(x[0] > 1 - x[1], 0, g / (x[0] * (1 - x[0])))), null], ResultType.Floating);

    // Equal arguments include equal infinities, whose difference is NaN.
    private static readonly Pointwise s_logaddexp = new("logaddexp", 2,
        static x => Expr.Max(x[0], x[1]) + Expr.Where(Expr.Eq(x[0], x[1]), Math.Log(2), Expr.Log1p(Expr.Exp(-Expr.Abs(x[0] - x[1])))),
        static (x, y, g) => [g * Expr.Sigmoid(x[0] - x[1]), g * Expr.Sigmoid(x[1] - x[0])], ResultType.Floating);

    private static readonly Pointwise s_logaddexp2 = new("logaddexp2", 2,
        static x => Expr.Max(x[0], x[1]) + Expr.Where(Expr.Eq(x[0], x[1]), 1, Expr.Log1p(Primitive.Exp2.Of(-Expr.Abs(x[0] - x[1]))) * (1 / Math.Log(2))),
        static (x, y, g) => [g * Expr.Sigmoid(Math.Log(2) * (x[0] - x[1])), g * Expr.Sigmoid(Math.Log(2) * (x[1] - x[0]))], ResultType.Floating);

    private static readonly Pointwise s_xlogy = new("xlogy", static (x, y) => Primitive.Xlogy.Of(x, y), ResultType.Floating);

    /// <summary>log(x / (1 - x)), of x kept within eps and 1 - eps if given (<c>torch.logit</c>).</summary>
    public Tensor Logit(double? eps = null) => eps is { } edge and >= 0 ? s_logitClamped.Apply(this, edge) : s_logit.Apply(this);

    /// <summary><see cref="Logit"/> into this tensor (<c>logit_</c>).</summary>
    public Tensor LogitInPlace(double? eps = null) => eps is { } edge and >= 0 ? s_logitClamped.RunInPlace(this, edge) : s_logit.RunInPlace(this);

    /// <summary>log(exp(a) + exp(b)) without overflow (<c>torch.logaddexp</c>).</summary>
    public Tensor Logaddexp(Tensor other) => s_logaddexp.Apply(this, other);

    /// <summary>log2(2^a + 2^b) without overflow (<c>torch.logaddexp2</c>).</summary>
    public Tensor Logaddexp2(Tensor other) => s_logaddexp2.Apply(this, other);

    /// <summary>x log(y), 0 where x is 0 (<c>torch.xlogy</c>).</summary>
    public Tensor Xlogy(Operand other) => s_xlogy.Apply(this, other);

    /// <summary><see cref="Xlogy(Operand)"/> into this tensor (<c>xlogy_</c>).</summary>
    public Tensor XlogyInPlace(Operand other) => s_xlogy.RunInPlace(this, other);

    /// <summary>x log(y), 0 where x is 0 (<c>torch.xlogy</c>).</summary>
    public static Tensor Xlogy(Operand input, Operand other) => s_xlogy.Apply(input, other);
}
