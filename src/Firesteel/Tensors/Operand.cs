namespace Firesteel;

/// <summary>What a pointwise operation can be given: a tensor or a number. Converts from both by itself.</summary>
public readonly struct Operand
{
    internal readonly Tensor? Tensor;
    internal readonly Scalar Scalar;

    private Operand(Tensor tensor) => Tensor = tensor;

    private Operand(Scalar scalar) => Scalar = scalar;

    /// <summary>True for a number.</summary>
    public bool IsScalar => Tensor is null;

    /// <summary>A tensor.</summary>
    public static implicit operator Operand(Tensor tensor) => new(tensor ?? throw new ArgumentNullException(nameof(tensor)));

    /// <summary>A number.</summary>
    public static implicit operator Operand(Scalar scalar) => new(scalar);

    /// <summary>A logical value.</summary>
    public static implicit operator Operand(bool value) => new((Scalar)value);

    /// <summary>An integer.</summary>
    public static implicit operator Operand(int value) => new((Scalar)value);

    /// <summary>An integer.</summary>
    public static implicit operator Operand(long value) => new((Scalar)value);

    /// <summary>A floating-point value.</summary>
    public static implicit operator Operand(float value) => new((Scalar)value);

    /// <summary>A floating-point value.</summary>
    public static implicit operator Operand(double value) => new((Scalar)value);

    internal DType DType => Tensor?.DType ?? Scalar.DType;

    internal Shape Shape => Tensor?.Shape ?? Shape.Scalar;

    /// <summary>Shape and dtype, for messages.</summary>
    internal string Describe() => Tensor is null ? Scalar.ToString() : $"[{string.Join(", ", Tensor.Shape)}]";
}
