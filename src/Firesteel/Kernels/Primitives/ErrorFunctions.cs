using System.Numerics;

namespace Firesteel;

internal abstract unsafe partial class Primitive
{
    private const double TwoOverSqrtPi = 1.1283791670955126;

    public static readonly Primitive Erf = new UnaryPrimitive<ErfOp>("erf", static (x, y, g) => [g * TwoOverSqrtPi * Expr.Exp(-(x[0] * x[0]))]);
    public static readonly Primitive Erfc = new UnaryPrimitive<ErfcOp>("erfc", static (x, y, g) => [g * -TwoOverSqrtPi * Expr.Exp(-(x[0] * x[0]))]);

    public static readonly Primitive Erfinv = new UnaryPrimitive<ErfinvOp>("erfinv", static (x, y, g) => [g * (1 / TwoOverSqrtPi) * Expr.Exp(y * y)]);

    /// <summary>The quantile of the standard normal distribution.</summary>
    public static readonly Primitive Ndtri = new UnaryPrimitive<NdtriOp>("ndtri", static (x, y, g) => [g * 2.5066282746310002 * Expr.Exp(y * y * 0.5)]);

    /// <summary>The derivative of <see cref="Gelu"/>.</summary>
    public static readonly Primitive GeluSlope = new UnaryPrimitive<GeluSlopeOp>("gelu_slope", static (x, y, g) => [g * InvSqrtTwoPi * Expr.Exp(x[0] * x[0] * -0.5) * (2 - x[0] * x[0])]);

    /// <summary>x times the standard normal distribution function of x.</summary>
    public static readonly Primitive Gelu = new UnaryPrimitive<GeluOp>("gelu", static (x, y, g) => [g * GeluSlope.Of(x[0])]);

    private const double InvSqrtTwoPi = 0.3989422804014327;

    private struct GeluOp : IUnaryPrimitive
    {
        public static bool HasFloatVector => true;
        public static Vector<float> InvokeFloats(Vector<float> x) => FloatVectors.Gelu(x);
        public static double Invoke(double x) => 0.5 * x * (1 + RealFunctions.Erf(x * InvSqrt2));
    }

    private struct GeluSlopeOp : IUnaryPrimitive
    {
        public static bool HasFloatVector => true;
        public static Vector<float> InvokeFloats(Vector<float> x) => FloatVectors.GeluSlope(x);
        public static double Invoke(double x) => 0.5 * (1 + RealFunctions.Erf(x * InvSqrt2)) + x * InvSqrtTwoPi * Math.Exp(-0.5 * x * x);
    }

    private struct ErfOp : IUnaryPrimitive
    {
        public static bool HasFloatVector => true;
        public static Vector<float> InvokeFloats(Vector<float> x) => FloatVectors.Erf(x);
        public static double Invoke(double x) => RealFunctions.Erf(x);
    }

    private struct ErfcOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => (float)RealFunctions.Erfc(x);
        public static double Invoke(double x) => RealFunctions.Erfc(x);
    }

    private struct ErfinvOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => (float)NormalQuantile.Erfinv(x);
        public static double Invoke(double x) => NormalQuantile.Erfinv(x);
    }

    private struct NdtriOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => (float)NormalQuantile.Ndtri(x);
        public static double Invoke(double x) => NormalQuantile.Ndtri(x);
    }
}
