using System.Numerics;

namespace Firesteel;

internal abstract unsafe partial class Primitive
{
    public static readonly Primitive Sqrt = new UnaryPrimitive<SqrtOp>("sqrt", static (x, y, g) => [g / (2 * y)]);
    public static readonly Primitive Exp = new UnaryPrimitive<ExpOp>("exp", static (x, y, g) => [g * y]);
    public static readonly Primitive Exp2 = new UnaryPrimitive<Exp2Op>("exp2", static (x, y, g) => [g * y * 0.6931471805599453]);
    public static readonly Primitive Expm1 = new UnaryPrimitive<Expm1Op>("expm1", static (x, y, g) => [g * (y + 1)]);
    public static readonly Primitive Log = new UnaryPrimitive<LogOp>("log", static (x, y, g) => [g / x[0]]);
    public static readonly Primitive Log1p = new UnaryPrimitive<Log1pOp>("log1p", static (x, y, g) => [g / (x[0] + 1)]);
    public static readonly Primitive Log2 = new UnaryPrimitive<Log2Op>("log2", static (x, y, g) => [g / (x[0] * 0.6931471805599453)]);
    public static readonly Primitive Log10 = new UnaryPrimitive<Log10Op>("log10", static (x, y, g) => [g / (x[0] * 2.302585092994046)]);
    public static readonly Primitive Sin = new UnaryPrimitive<SinOp>("sin", static (x, y, g) => [g * Expr.Cos(x[0])]);
    public static readonly Primitive Cos = new UnaryPrimitive<CosOp>("cos", static (x, y, g) => [-g * Expr.Sin(x[0])]);
    public static readonly Primitive Tan = new UnaryPrimitive<TanOp>("tan", static (x, y, g) => [g * (1 + y * y)]);
    public static readonly Primitive Asin = new UnaryPrimitive<AsinOp>("asin", static (x, y, g) => [g / Expr.Sqrt(1 - x[0] * x[0])]);
    public static readonly Primitive Acos = new UnaryPrimitive<AcosOp>("acos", static (x, y, g) => [-g / Expr.Sqrt(1 - x[0] * x[0])]);
    public static readonly Primitive Atan = new UnaryPrimitive<AtanOp>("atan", static (x, y, g) => [g / (x[0] * x[0] + 1)]);
    public static readonly Primitive Sinh = new UnaryPrimitive<SinhOp>("sinh", static (x, y, g) => [g * Expr.Cosh(x[0])]);
    public static readonly Primitive Cosh = new UnaryPrimitive<CoshOp>("cosh", static (x, y, g) => [g * Expr.Sinh(x[0])]);
    public static readonly Primitive Tanh = new UnaryPrimitive<TanhOp>("tanh", static (x, y, g) => [g * (1 - y * y)]);
    public static readonly Primitive Asinh = new UnaryPrimitive<AsinhOp>("asinh", static (x, y, g) => [g / Expr.Sqrt(x[0] * x[0] + 1)]);
    public static readonly Primitive Acosh = new UnaryPrimitive<AcoshOp>("acosh", static (x, y, g) => [g / Expr.Sqrt(x[0] * x[0] - 1)]);
    public static readonly Primitive Atanh = new UnaryPrimitive<AtanhOp>("atanh", static (x, y, g) => [g / (1 - x[0] * x[0])]);
    public static readonly Primitive Sigmoid = new UnaryPrimitive<SigmoidOp>("sigmoid", static (x, y, g) => [g * (1 - y) * y]);

    /// <summary>log(1 + exp(x)).</summary>
    public static readonly Primitive Softplus = new UnaryPrimitive<SoftplusOp>("softplus", static (x, y, g) => [g * Expr.Sigmoid(x[0])]);

    private struct SqrtOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => MathF.Sqrt(x);
        public static double Invoke(double x) => Math.Sqrt(x);
        public static bool HasVector => true;
        public static Vector<T> Invoke<T>(Vector<T> x) => Vector.SquareRoot(x);
    }

    private struct ExpOp : IUnaryPrimitive
    {
        public static bool HasFloatVector => true;
        public static Vector<float> InvokeFloats(Vector<float> x) => FloatVectors.Exp(x);
        public static double Invoke(double x) => Math.Exp(x);
    }

    private struct Exp2Op : IUnaryPrimitive
    {
        public static float Invoke(float x) => (float)Math.Pow(2, x);
        public static double Invoke(double x) => Math.Pow(2, x);
    }

    private struct Expm1Op : IUnaryPrimitive
    {
        public static bool HasFloatVector => true;
        public static Vector<float> InvokeFloats(Vector<float> x) => FloatVectors.Expm1(x);
        public static double Invoke(double x) => RealFunctions.Expm1(x);
    }

    private struct LogOp : IUnaryPrimitive
    {
        public static bool HasFloatVector => true;
        public static Vector<float> InvokeFloats(Vector<float> x) => FloatVectors.Log(x);
        public static double Invoke(double x) => Math.Log(x);
    }

    private struct Log1pOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => (float)RealFunctions.Log1p(x);
        public static double Invoke(double x) => RealFunctions.Log1p(x);
    }

    private struct Log2Op : IUnaryPrimitive
    {
        public static float Invoke(float x) => MathF.Log2(x);
        public static double Invoke(double x) => Math.Log2(x);
    }

    private struct Log10Op : IUnaryPrimitive
    {
        public static float Invoke(float x) => MathF.Log10(x);
        public static double Invoke(double x) => Math.Log10(x);
    }

    private struct SinOp : IUnaryPrimitive
    {
        public static bool HasFloatVector => true;
        public static Vector<float> InvokeFloats(Vector<float> x) => FloatTrigonometry.Sin(x);
        public static double Invoke(double x) => Math.Sin(x);
    }

    private struct CosOp : IUnaryPrimitive
    {
        public static bool HasFloatVector => true;
        public static Vector<float> InvokeFloats(Vector<float> x) => FloatTrigonometry.Cos(x);
        public static double Invoke(double x) => Math.Cos(x);
    }

    private struct TanOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => MathF.Tan(x);
        public static double Invoke(double x) => Math.Tan(x);
    }

    private struct AsinOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => MathF.Asin(x);
        public static double Invoke(double x) => Math.Asin(x);
    }

    private struct AcosOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => MathF.Acos(x);
        public static double Invoke(double x) => Math.Acos(x);
    }

    private struct AtanOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => MathF.Atan(x);
        public static double Invoke(double x) => Math.Atan(x);
    }

    private struct SinhOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => MathF.Sinh(x);
        public static double Invoke(double x) => Math.Sinh(x);
    }

    private struct CoshOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => MathF.Cosh(x);
        public static double Invoke(double x) => Math.Cosh(x);
    }

    private struct TanhOp : IUnaryPrimitive
    {
        public static bool HasFloatVector => true;
        public static Vector<float> InvokeFloats(Vector<float> x) => FloatVectors.Tanh(x);
        public static double Invoke(double x) => Math.Tanh(x);
    }

    private struct AsinhOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => (float)Math.Asinh(x);
        public static double Invoke(double x) => Math.Asinh(x);
    }

    private struct AcoshOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => (float)Math.Acosh(x);
        public static double Invoke(double x) => Math.Acosh(x);
    }

    private struct AtanhOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => (float)Math.Atanh(x);
        public static double Invoke(double x) => Math.Atanh(x);
    }

    private struct SigmoidOp : IUnaryPrimitive
    {
        public static bool HasFloatVector => true;
        public static Vector<float> InvokeFloats(Vector<float> x) => FloatVectors.Sigmoid(x);
        public static double Invoke(double x) => 1 / (1 + Math.Exp(-x));
    }

    private struct SoftplusOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => (float)Invoke((double)x);
        public static double Invoke(double x) => Math.Max(x, 0) + RealFunctions.Log1p(Math.Exp(-Math.Abs(x)));
    }
}
