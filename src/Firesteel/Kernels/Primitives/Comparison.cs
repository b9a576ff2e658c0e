using System.Numerics;

namespace Firesteel;

internal abstract unsafe partial class Primitive
{
    public static readonly Primitive Eq = new BinaryPrimitive<EqOp>("eq");
    public static readonly Primitive Ne = new BinaryPrimitive<NeOp>("ne");
    public static readonly Primitive Lt = new BinaryPrimitive<LtOp>("lt");
    public static readonly Primitive Le = new BinaryPrimitive<LeOp>("le");
    public static readonly Primitive Where = new WherePrimitive(static (x, y, g) => [null, Expr.Where(x[0], g, 0), Expr.Where(x[0], 0, g)]);

    private struct EqOp : IBinaryPrimitive
    {
        public static float Invoke(float x, float y) => x == y ? 1 : 0;
        public static double Invoke(double x, double y) => x == y ? 1 : 0;
        public static long Invoke(long x, long y) => x == y ? 1 : 0;
        public static bool HasVector => true;
        public static Vector<T> Invoke<T>(Vector<T> x, Vector<T> y) => Vector.Equals(x, y) & Vector<T>.One;
    }

    private struct NeOp : IBinaryPrimitive
    {
        public static float Invoke(float x, float y) => x != y ? 1 : 0;
        public static double Invoke(double x, double y) => x != y ? 1 : 0;
        public static long Invoke(long x, long y) => x != y ? 1 : 0;
        public static bool HasVector => true;
        public static Vector<T> Invoke<T>(Vector<T> x, Vector<T> y) => Vector.AndNot(Vector<T>.One, Vector.Equals(x, y));
    }

    private struct LtOp : IBinaryPrimitive
    {
        public static float Invoke(float x, float y) => x < y ? 1 : 0;
        public static double Invoke(double x, double y) => x < y ? 1 : 0;
        public static long Invoke(long x, long y) => x < y ? 1 : 0;
        public static bool HasVector => true;
        public static Vector<T> Invoke<T>(Vector<T> x, Vector<T> y) => Vector.LessThan(x, y) & Vector<T>.One;
    }

    private struct LeOp : IBinaryPrimitive
    {
        public static float Invoke(float x, float y) => x <= y ? 1 : 0;
        public static double Invoke(double x, double y) => x <= y ? 1 : 0;
        public static long Invoke(long x, long y) => x <= y ? 1 : 0;
        public static bool HasVector => true;
        public static Vector<T> Invoke<T>(Vector<T> x, Vector<T> y) => Vector.LessThanOrEqual(x, y) & Vector<T>.One;
    }
}
