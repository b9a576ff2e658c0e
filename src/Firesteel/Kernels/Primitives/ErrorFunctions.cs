namespace Firesteel;

internal abstract unsafe partial class Primitive
{
    private const double TwoOverSqrtPi = 1.1283791670955126;

    public static readonly Primitive Erf = new UnaryPrimitive<ErfOp>("erf", static (x, y, g) => [g * TwoOverSqrtPi * Expr.Exp(-(x[0] * x[0]))]);
    public static readonly Primitive Erfc = new UnaryPrimitive<ErfcOp>("erfc", static (x, y, g) => [g * -TwoOverSqrtPi * Expr.Exp(-(x[0] * x[0]))]);

    private struct ErfOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => (float)RealFunctions.Erf(x);
        public static double Invoke(double x) => RealFunctions.Erf(x);
    }

    private struct ErfcOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => (float)RealFunctions.Erfc(x);
        public static double Invoke(double x) => RealFunctions.Erfc(x);
    }
}
