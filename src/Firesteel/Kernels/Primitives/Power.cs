using System.Numerics;

namespace Firesteel;

internal abstract unsafe partial class Primitive
{
    /// <summary>The gradients at the edges are PyTorch's: 0 for the base where the exponent is 0, 0 for the exponent where the base is 0 and the exponent not negative.</summary>
    public static readonly Primitive Pow = new BinaryPrimitive<PowOp>("pow", static (x, y, g) =>
    [
        Expr.Where(Expr.Eq(x[1], 0), 0, g * x[1] * Expr.Pow(x[0], x[1] - 1)),
        Expr.Where(Expr.Eq(x[0], 0), Expr.Where(x[1] >= 0, 0, g * y * Expr.Log(x[0])), g * y * Expr.Log(x[0])),
    ]);

    public static readonly Primitive Atan2 = new BinaryPrimitive<Atan2Op>("atan2", static (x, y, g) =>
    {
        var scale = g / (x[0] * x[0] + x[1] * x[1]);
        return [scale * x[1], -scale * x[0]];
    });

    public static readonly Primitive Hypot = new BinaryPrimitive<HypotOp>("hypot", static (x, y, g) => [g * x[0] / y, g * x[1] / y]);

    public static readonly Primitive Copysign = new BinaryPrimitive<CopysignOp>("copysign", static (x, y, g) => [Expr.Where(Expr.Eq(x[0], 0), 0, g * (Copysign!.Of(1, x[0]) * Copysign.Of(1, x[1]))), null]);

    public static readonly Primitive Nextafter = new BinaryPrimitive<NextafterOp>("nextafter");

    private struct PowOp : IBinaryPrimitive
    {
        public static bool HasFloatVector => true;
        public static Vector<float> InvokeFloats(Vector<float> x, Vector<float> y) => FloatPower.Pow(x, y);
        public static double Invoke(double x, double y) => Math.Pow(x, y);

        public static long Invoke(long x, long y)
        {
            // As in PyTorch: a negative exponent of an integer gives what the truncated quotient is.
            if (y < 0) return x == 1 ? 1 : x == -1 ? (y % 2 == 0 ? 1 : -1) : 0;
            long result = 1;
            for (; y > 0; y >>= 1, x *= x) if ((y & 1) != 0) result *= x;
            return result;
        }
    }

    private struct Atan2Op : IBinaryPrimitive
    {
        public static float Invoke(float x, float y) => MathF.Atan2(x, y);
        public static double Invoke(double x, double y) => Math.Atan2(x, y);
    }

    private struct HypotOp : IBinaryPrimitive
    {
        public static float Invoke(float x, float y) => float.Hypot(x, y);
        public static double Invoke(double x, double y) => double.Hypot(x, y);
    }

    private struct CopysignOp : IBinaryPrimitive
    {
        public static float Invoke(float x, float y) => MathF.CopySign(x, y);
        public static double Invoke(double x, double y) => Math.CopySign(x, y);
    }

    private struct NextafterOp : IBinaryPrimitive
    {
        public static float Invoke(float x, float y) => float.IsNaN(x) || float.IsNaN(y) ? float.NaN : x == y ? y : x < y ? MathF.BitIncrement(x) : MathF.BitDecrement(x);
        public static double Invoke(double x, double y) => double.IsNaN(x) || double.IsNaN(y) ? double.NaN : x == y ? y : x < y ? Math.BitIncrement(x) : Math.BitDecrement(x);
    }
}
