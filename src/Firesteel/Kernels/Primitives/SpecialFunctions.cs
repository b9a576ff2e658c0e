namespace Firesteel;

internal abstract unsafe partial class Primitive
{
    private const double SqrtTwoOverPi = 0.7978845608028654;
    private const double InvSqrt2 = 0.7071067811865476;

    public static readonly Primitive Polygamma = new BinaryPrimitive<PolygammaOp>("polygamma", static (x, y, g) => [null, g * Polygamma!.Of(x[0] + 1, x[1])]);
    public static readonly Primitive Digamma = new FunctionPrimitive("digamma", GammaFunctions.Digamma, static (x, y, g) => [g * Polygamma.Of(1, x[0])]);
    public static readonly Primitive Lgamma = new FunctionPrimitive("lgamma", GammaFunctions.Lgamma, static (x, y, g) => [g * Digamma.Of(x[0])]);
    public static readonly Primitive Zeta = new FunctionPrimitive("zeta", GammaFunctions.Zeta, static (x, y, g) => [null, g * -x[0] * Zeta!.Of(x[0] + 1, x[1])]);
    public static readonly Primitive Igamma = new FunctionPrimitive("igamma", GammaFunctions.Igamma, static (x, y, g) => [null, g * GammaDensity(x)]);
    public static readonly Primitive Igammac = new FunctionPrimitive("igammac", GammaFunctions.Igammac, static (x, y, g) => [null, -g * GammaDensity(x)]);

    public static readonly Primitive Erfcx = new FunctionPrimitive("erfcx", RealFunctions.Erfcx, static (x, y, g) => [g * (2 * x[0] * y - TwoOverSqrtPi)]);
    public static readonly Primitive LogNdtr = new FunctionPrimitive("log_ndtr", RealFunctions.LogNdtr, static (x, y, g) => [g * SqrtTwoOverPi / Erfcx.Of(-InvSqrt2 * x[0])]);

    public static readonly Primitive I0 = new FunctionPrimitive("i0", BesselFunctions.I0, static (x, y, g) => [g * I1!.Of(x[0])]);
    public static readonly Primitive I0e = new FunctionPrimitive("i0e", BesselFunctions.I0e, static (x, y, g) => [g * (I1e!.Of(x[0]) - Expr.Sign(x[0]) * y)]);
    public static readonly Primitive I1 = new FunctionPrimitive("i1", BesselFunctions.I1, static (x, y, g) => [g * Expr.Where(Expr.Eq(x[0], 0), 0.5, I0.Of(x[0]) - y / NotZero(x[0]))]);
    public static readonly Primitive I1e = new FunctionPrimitive("i1e", BesselFunctions.I1e, static (x, y, g) => [g * Expr.Where(Expr.Eq(x[0], 0), 0.5, I0e.Of(x[0]) - y * (Expr.Sign(x[0]) + 1 / NotZero(x[0])))]);

    public static readonly Primitive BesselJ0 = new FunctionPrimitive("special_bessel_j0", BesselFunctions.J0, static (x, y, g) => [-g * BesselJ1!.Of(x[0])]);
    public static readonly Primitive BesselJ1 = new FunctionPrimitive("special_bessel_j1", BesselFunctions.J1, static (x, y, g) => [g * Expr.Where(Expr.Eq(x[0], 0), 0.5, BesselJ0.Of(x[0]) - y / NotZero(x[0]))]);
    public static readonly Primitive BesselY0 = new FunctionPrimitive("special_bessel_y0", BesselFunctions.Y0, static (x, y, g) => [-g * BesselY1!.Of(x[0])]);
    public static readonly Primitive BesselY1 = new FunctionPrimitive("special_bessel_y1", BesselFunctions.Y1, static (x, y, g) => [g * (BesselY0.Of(x[0]) - y / x[0])]);
    public static readonly Primitive K0 = new FunctionPrimitive("special_modified_bessel_k0", BesselFunctions.K0, static (x, y, g) => [-g * K1!.Of(x[0])]);
    public static readonly Primitive K1 = new FunctionPrimitive("special_modified_bessel_k1", BesselFunctions.K1, static (x, y, g) => [-g * (K0.Of(x[0]) + y / x[0])]);
    public static readonly Primitive K0e = new FunctionPrimitive("special_scaled_modified_bessel_k0", BesselFunctions.K0e, static (x, y, g) => [g * (y - K1e!.Of(x[0]))]);
    public static readonly Primitive K1e = new FunctionPrimitive("special_scaled_modified_bessel_k1", BesselFunctions.K1e, static (x, y, g) => [g * (y - K0e.Of(x[0]) - y / x[0])]);
    public static readonly Primitive SphericalBesselJ0 = new FunctionPrimitive("special_spherical_bessel_j0", BesselFunctions.SphericalJ0, static (x, y, g) => [g * Expr.Where(Expr.Eq(x[0], 0), 0, (Expr.Cos(x[0]) - y) / NotZero(x[0]))]);
    public static readonly Primitive AiryAi = new FunctionPrimitive("special_airy_ai", AiryFunction.Ai);

    /// <summary>0 where the first argument is 0, unless the second is NaN; else x log(y).</summary>
    public static readonly Primitive Xlogy = new FunctionPrimitive("xlogy", static (x, y) => double.IsNaN(y) ? y : x == 0 ? 0 : x * Math.Log(y), static (x, y, g) =>
        [Expr.Where(Expr.Eq(x[0], 0) * (x[1] <= 0), 0, g * Expr.Log(x[1])), g * x[0] / x[1]]);

    /// <summary>0 where the first argument is 0, unless the second is NaN; else x log(1 + y).</summary>
    public static readonly Primitive Xlog1py = new FunctionPrimitive("xlog1py", static (x, y) => double.IsNaN(y) ? y : x == 0 ? 0 : x * RealFunctions.Log1p(y), static (x, y, g) =>
        [Expr.Where(Expr.Eq(x[0], 0) * (x[1] <= -1), 0, g * Expr.Log1p(x[1])), g * x[0] / (x[1] + 1)]);

    /// <summary>The e of x = m 2^e with m in [0.5, 1).</summary>
    public static readonly Primitive FrexpExponent = new FunctionPrimitive("frexp", static x => x == 0 || !double.IsFinite(x) ? 0 : Math.ILogB(x) + 1);

    private struct PolygammaOp : IBinaryPrimitive
    {
        public static double Invoke(double n, double x) => GammaFunctions.Polygamma(n, x);

        // Reflected in single precision, as PyTorch does: near a pole the results differ by more than their last digits.
        public static float Invoke(float n, float x)
        {
            if (n != 1 || x >= 0.5f) return (float)GammaFunctions.Polygamma(n, x);
            float sine = MathF.Sin(MathF.PI * x);
            return MathF.PI * MathF.PI / (sine * sine) - (float)GammaFunctions.Zeta(2, 1 - x);
        }
    }

    private static Expr GammaDensity(Expr[] x) => Expr.Exp(-x[1] + (x[0] - 1) * Expr.Log(x[1]) - Lgamma.Of(x[0]));

    /// <summary>Keeps the branch that is not chosen at 0 finite, so that derivatives of it are.</summary>
    private static Expr NotZero(Expr x) => Expr.Where(Expr.Eq(x, 0), 1, x);
}
