using System.Numerics;

namespace Firesteel;

internal abstract unsafe partial class Primitive
{
    public static readonly Primitive Add = new BinaryPrimitive<AddOp>("add", static (x, y, g) => [g, g]);
    public static readonly Primitive Sub = new BinaryPrimitive<SubOp>("sub", static (x, y, g) => [g, -g]);
    public static readonly Primitive Mul = new BinaryPrimitive<MulOp>("mul", static (x, y, g) => [g * x[1], g * x[0]]);
    public static readonly Primitive Div = new BinaryPrimitive<DivOp>("div", static (x, y, g) => [g / x[1], -g * y / x[1]]);

    /// <summary>x * y + z, rounded once.</summary>
    public static readonly Primitive FusedMultiplyAdd = new FusedMultiplyAddPrimitive(static (x, y, g) => [g * x[1], g * x[0], g]);
    public static readonly Primitive Neg = new UnaryPrimitive<NegOp>("neg", static (x, y, g) => [-g]);
    public static readonly Primitive Abs = new UnaryPrimitive<AbsOp>("abs", static (x, y, g) => [g * Expr.Sign(x[0])]);
    public static readonly Primitive Sign = new UnaryPrimitive<SignOp>("sign");

    /// <summary>PyTorch gives each of two equal arguments half of the gradient.</summary>
    public static readonly Primitive Max = new BinaryPrimitive<MaxOp>("max", static (x, y, g) => [Share(x[0] > x[1], x, g), Share(x[1] > x[0], x, g)]);
    public static readonly Primitive Min = new BinaryPrimitive<MinOp>("min", static (x, y, g) => [Share(x[0] < x[1], x, g), Share(x[1] < x[0], x, g)]);
    public static readonly Primitive FloorDiv = new BinaryPrimitive<FloorDivOp>("floor_divide");
    public static readonly Primitive TruncDiv = new BinaryPrimitive<TruncDivOp>("trunc_divide");

    /// <summary>Sign of the divisor (<c>torch.remainder</c>).</summary>
    public static readonly Primitive Remainder = new BinaryPrimitive<RemainderOp>("remainder", static (x, y, g) => [g, -g * FloorDiv.Of(x[0], x[1])]);

    /// <summary>Sign of the dividend (<c>torch.fmod</c>).</summary>
    public static readonly Primitive Fmod = new BinaryPrimitive<FmodOp>("fmod", static (x, y, g) => [g, -g * TruncDiv.Of(x[0], x[1])]);

    private static Expr Share(Expr wins, Expr[] x, Expr g) => Expr.Where(Expr.Eq(x[0], x[1]), 0.5 * g, Expr.Where(wins, g, 0));

    private struct AddOp : IBinaryPrimitive
    {
        public static float Invoke(float x, float y) => x + y;
        public static double Invoke(double x, double y) => x + y;
        public static long Invoke(long x, long y) => x + y;
        public static bool HasVector => true;
        public static Vector<T> Invoke<T>(Vector<T> x, Vector<T> y) => x + y;
    }

    private struct SubOp : IBinaryPrimitive
    {
        public static float Invoke(float x, float y) => x - y;
        public static double Invoke(double x, double y) => x - y;
        public static long Invoke(long x, long y) => x - y;
        public static bool HasVector => true;
        public static Vector<T> Invoke<T>(Vector<T> x, Vector<T> y) => x - y;
    }

    private struct MulOp : IBinaryPrimitive
    {
        public static float Invoke(float x, float y) => x * y;
        public static double Invoke(double x, double y) => x * y;
        public static long Invoke(long x, long y) => x * y;
        public static bool HasVector => true;
        public static Vector<T> Invoke<T>(Vector<T> x, Vector<T> y) => x * y;
    }

    private struct DivOp : IBinaryPrimitive
    {
        public static float Invoke(float x, float y) => x / y;
        public static double Invoke(double x, double y) => x / y;
        public static long Invoke(long x, long y) => x / y;
        public static bool HasVector => true;

        public static Vector<T> Invoke<T>(Vector<T> x, Vector<T> y) => x / y;
    }

    private struct NegOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => -x;
        public static double Invoke(double x) => -x;
        public static long Invoke(long x) => -x;
        public static bool HasVector => true;
        public static Vector<T> Invoke<T>(Vector<T> x) => -x;
    }

    private struct AbsOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => MathF.Abs(x);
        public static double Invoke(double x) => Math.Abs(x);
        public static long Invoke(long x) => x < 0 ? -x : x;
        public static bool HasVector => true;
        public static Vector<T> Invoke<T>(Vector<T> x) => Vector.Abs(x);
    }

    private struct SignOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => x > 0 ? 1 : x < 0 ? -1 : 0;
        public static double Invoke(double x) => x > 0 ? 1 : x < 0 ? -1 : 0;
        public static long Invoke(long x) => Math.Sign(x);
    }

    private struct MaxOp : IBinaryPrimitive
    {
        public static float Invoke(float x, float y) => float.IsNaN(x) || x > y ? x : y;
        public static double Invoke(double x, double y) => double.IsNaN(x) || x > y ? x : y;
        public static long Invoke(long x, long y) => x > y ? x : y;
        public static bool HasVector => true;

        public static Vector<T> Invoke<T>(Vector<T> x, Vector<T> y) =>
            Vector.ConditionalSelect(Vector.OnesComplement(Vector.Equals(x, x)) | Vector.GreaterThan(x, y), x, y);
    }

    private struct MinOp : IBinaryPrimitive
    {
        public static float Invoke(float x, float y) => float.IsNaN(x) || x < y ? x : y;
        public static double Invoke(double x, double y) => double.IsNaN(x) || x < y ? x : y;
        public static long Invoke(long x, long y) => x < y ? x : y;
        public static bool HasVector => true;

        public static Vector<T> Invoke<T>(Vector<T> x, Vector<T> y) =>
            Vector.ConditionalSelect(Vector.OnesComplement(Vector.Equals(x, x)) | Vector.LessThan(x, y), x, y);
    }

    private struct FloorDivOp : IBinaryPrimitive
    {
        // Python's rule: the remainder first, so that 1 // 0.1 is 9 and not 10.
        public static double Invoke(double x, double y)
        {
            if (y == 0) return x / y;
            double mod = x % y;
            double div = (x - mod) / y;
            if (mod != 0 && (y < 0) != (mod < 0)) div -= 1;
            if (div == 0) return Math.CopySign(0, x / y);
            double floor = Math.Floor(div);
            return div - floor > 0.5 ? floor + 1 : floor;
        }

        public static float Invoke(float x, float y)
        {
            if (y == 0) return x / y;
            float mod = x % y;
            float div = (x - mod) / y;
            if (mod != 0 && (y < 0) != (mod < 0)) div -= 1;
            if (div == 0) return MathF.CopySign(0, x / y);
            float floor = MathF.Floor(div);
            return div - floor > 0.5f ? floor + 1 : floor;
        }

        public static long Invoke(long x, long y)
        {
            if (y == -1) return -x; // long.MinValue / -1 traps
            long q = x / y;
            return x % y != 0 && (x < 0) != (y < 0) ? q - 1 : q;
        }
    }

    private struct TruncDivOp : IBinaryPrimitive
    {
        public static float Invoke(float x, float y) => MathF.Truncate(x / y);
        public static double Invoke(double x, double y) => Math.Truncate(x / y);
        public static long Invoke(long x, long y) => y == -1 ? -x : x / y;
    }

    private struct RemainderOp : IBinaryPrimitive
    {
        public static double Invoke(double x, double y)
        {
            double mod = x % y;
            return mod != 0 && (y < 0) != (mod < 0) ? mod + y : mod;
        }

        public static float Invoke(float x, float y)
        {
            float mod = x % y;
            return mod != 0 && (y < 0) != (mod < 0) ? mod + y : mod;
        }

        public static long Invoke(long x, long y)
        {
            if (y == -1) return 0;
            long mod = x % y;
            return mod != 0 && (y < 0) != (mod < 0) ? mod + y : mod;
        }
    }

    private struct FmodOp : IBinaryPrimitive
    {
        public static float Invoke(float x, float y) => x % y;
        public static double Invoke(double x, double y) => x % y;
        public static long Invoke(long x, long y) => y == -1 ? 0 : x % y;
    }
}
