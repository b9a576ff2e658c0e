namespace Firesteel;

internal abstract unsafe partial class Primitive
{
    public static readonly Primitive BitwiseAnd = new BinaryPrimitive<AndOp>("bitwise_and");
    public static readonly Primitive BitwiseOr = new BinaryPrimitive<OrOp>("bitwise_or");
    public static readonly Primitive BitwiseXor = new BinaryPrimitive<XorOp>("bitwise_xor");
    public static readonly Primitive BitwiseNot = new UnaryPrimitive<NotOp>("bitwise_not");
    public static readonly Primitive ShiftLeft = new BinaryPrimitive<ShiftLeftOp>("bitwise_left_shift");
    public static readonly Primitive ShiftRight = new BinaryPrimitive<ShiftRightOp>("bitwise_right_shift");
    public static readonly Primitive Gcd = new BinaryPrimitive<GcdOp>("gcd");

    private struct AndOp : IBinaryPrimitive
    {
        public static long Invoke(long x, long y) => x & y;
    }

    private struct OrOp : IBinaryPrimitive
    {
        public static long Invoke(long x, long y) => x | y;
    }

    private struct XorOp : IBinaryPrimitive
    {
        public static long Invoke(long x, long y) => x ^ y;
    }

    private struct NotOp : IUnaryPrimitive
    {
        public static long Invoke(long x) => ~x;
    }

    private struct ShiftLeftOp : IBinaryPrimitive
    {
        public static long Invoke(long x, long y) => y is < 0 or > 63 ? 0 : x << (int)y;
    }

    private struct ShiftRightOp : IBinaryPrimitive
    {
        public static long Invoke(long x, long y) => y is < 0 or > 63 ? (x < 0 ? -1 : 0) : x >> (int)y;
    }

    private struct GcdOp : IBinaryPrimitive
    {
        public static long Invoke(long x, long y)
        {
            // As unsigned numbers: the smallest long has no absolute value, and divided by -1 it traps.
            ulong a = (ulong)(x < 0 ? -x : x), b = (ulong)(y < 0 ? -y : y);
            while (b != 0) (a, b) = (b, a % b);
            return (long)a;
        }
    }
}
