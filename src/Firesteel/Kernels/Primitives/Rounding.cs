namespace Firesteel;

internal abstract unsafe partial class Primitive
{
    public static readonly Primitive Floor = new UnaryPrimitive<FloorOp>("floor");
    public static readonly Primitive Ceil = new UnaryPrimitive<CeilOp>("ceil");
    public static readonly Primitive Trunc = new UnaryPrimitive<TruncOp>("trunc");

    /// <summary>Half to even.</summary>
    public static readonly Primitive Round = new UnaryPrimitive<RoundOp>("round");

    private struct FloorOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => MathF.Floor(x);
        public static double Invoke(double x) => Math.Floor(x);
        public static long Invoke(long x) => x;
    }

    private struct CeilOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => MathF.Ceiling(x);
        public static double Invoke(double x) => Math.Ceiling(x);
        public static long Invoke(long x) => x;
    }

    private struct TruncOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => MathF.Truncate(x);
        public static double Invoke(double x) => Math.Truncate(x);
        public static long Invoke(long x) => x;
    }

    private struct RoundOp : IUnaryPrimitive
    {
        public static float Invoke(float x) => MathF.Round(x, MidpointRounding.ToEven);
        public static double Invoke(double x) => Math.Round(x, MidpointRounding.ToEven);
        public static long Invoke(long x) => x;
    }
}
