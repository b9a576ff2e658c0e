namespace Firesteel;

public partial class Tensor
{
    /// <summary>True where less.</summary>
    public static Tensor operator <(Tensor a, Tensor b) => a.Lt(b);

    /// <summary>True where less.</summary>
    public static Tensor operator <(Tensor a, Scalar b) => a.Lt(b);

    /// <summary>True where less.</summary>
    public static Tensor operator <(Scalar a, Tensor b) => b.Gt(a);

    /// <summary>True where greater.</summary>
    public static Tensor operator >(Tensor a, Tensor b) => a.Gt(b);

    /// <summary>True where greater.</summary>
    public static Tensor operator >(Tensor a, Scalar b) => a.Gt(b);

    /// <summary>True where greater.</summary>
    public static Tensor operator >(Scalar a, Tensor b) => b.Lt(a);

    /// <summary>True where less or equal.</summary>
    public static Tensor operator <=(Tensor a, Tensor b) => a.Le(b);

    /// <summary>True where less or equal.</summary>
    public static Tensor operator <=(Tensor a, Scalar b) => a.Le(b);

    /// <summary>True where less or equal.</summary>
    public static Tensor operator <=(Scalar a, Tensor b) => b.Ge(a);

    /// <summary>True where greater or equal.</summary>
    public static Tensor operator >=(Tensor a, Tensor b) => a.Ge(b);

    /// <summary>True where greater or equal.</summary>
    public static Tensor operator >=(Tensor a, Scalar b) => a.Ge(b);

    /// <summary>True where greater or equal.</summary>
    public static Tensor operator >=(Scalar a, Tensor b) => b.Le(a);

    /// <summary>Bitwise and of integers, logical and of bools.</summary>
    public static Tensor operator &(Tensor a, Tensor b) => a.BitwiseAnd(b);

    /// <summary>Bitwise and of integers, logical and of bools.</summary>
    public static Tensor operator &(Tensor a, Scalar b) => a.BitwiseAnd(b);

    /// <summary>Bitwise and of integers, logical and of bools.</summary>
    public static Tensor operator &(Scalar a, Tensor b) => b.BitwiseAnd(a);

    /// <summary>Bitwise or of integers, logical or of bools.</summary>
    public static Tensor operator |(Tensor a, Tensor b) => a.BitwiseOr(b);

    /// <summary>Bitwise or of integers, logical or of bools.</summary>
    public static Tensor operator |(Tensor a, Scalar b) => a.BitwiseOr(b);

    /// <summary>Bitwise or of integers, logical or of bools.</summary>
    public static Tensor operator |(Scalar a, Tensor b) => b.BitwiseOr(a);

    /// <summary>Bitwise exclusive or of integers, logical exclusive or of bools.</summary>
    public static Tensor operator ^(Tensor a, Tensor b) => a.BitwiseXor(b);

    /// <summary>Bitwise exclusive or of integers, logical exclusive or of bools.</summary>
    public static Tensor operator ^(Tensor a, Scalar b) => a.BitwiseXor(b);

    /// <summary>Bitwise exclusive or of integers, logical exclusive or of bools.</summary>
    public static Tensor operator ^(Scalar a, Tensor b) => b.BitwiseXor(a);

    /// <summary>What a division rounded down leaves (<c>torch.remainder</c>).</summary>
    public static Tensor operator %(Tensor a, Tensor b) => a.Remainder(b);

    /// <summary>What a division rounded down leaves (<c>torch.remainder</c>).</summary>
    public static Tensor operator %(Tensor a, Scalar b) => a.Remainder(b);

    /// <summary>What a division rounded down leaves (<c>torch.remainder</c>).</summary>
    public static Tensor operator %(Scalar a, Tensor b) => Remainder(a, b);

    /// <summary>Complement of integers, negation of bools (<c>torch.bitwise_not</c>).</summary>
    public static Tensor operator ~(Tensor a) => a.BitwiseNot();

    /// <summary>Bits moved to the left.</summary>
    public static Tensor operator <<(Tensor a, Tensor b) => a.BitwiseLeftShift(b);

    /// <summary>Bits moved to the left.</summary>
    public static Tensor operator <<(Tensor a, Scalar b) => a.BitwiseLeftShift(b);

    /// <summary>Bits moved to the right.</summary>
    public static Tensor operator >>(Tensor a, Tensor b) => a.BitwiseRightShift(b);

    /// <summary>Bits moved to the right.</summary>
    public static Tensor operator >>(Tensor a, Scalar b) => a.BitwiseRightShift(b);
}
