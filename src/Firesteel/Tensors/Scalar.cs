using System.Globalization;

namespace Firesteel;

/// <summary>One number given to an operation: a bool, an integer or a floating-point value, as a Python number is to PyTorch.</summary>
/// <remarks>It takes part in type promotion by its category only: <c>int32Tensor + 2.5</c> is float32, <c>float32Tensor + 2.5</c> stays float32.</remarks>
public readonly struct Scalar : IEquatable<Scalar>
{
    private readonly long _bits;

    private Scalar(DType dtype, long bits) => (DType, _bits) = (dtype, bits);

    internal long Bits => _bits;

    internal static Scalar FromBits(DType dtype, long bits) => new(dtype, bits);

    /// <summary>The category as a dtype: <see cref="DType.Bool"/>, <see cref="DType.Int64"/> or <see cref="DType.Float64"/>.</summary>
    public DType DType { get; }

    /// <summary>The value as a double.</summary>
    public double AsDouble => DType == DType.Float64 ? BitConverter.Int64BitsToDouble(_bits) : _bits;

    /// <summary>The value as an integer; a floating-point value is truncated toward zero.</summary>
    public long AsLong => DType == DType.Float64 ? (long)BitConverter.Int64BitsToDouble(_bits) : _bits;

    /// <summary>True where the value is not zero.</summary>
    public bool AsBool => DType == DType.Float64 ? AsDouble != 0 : _bits != 0;

    /// <summary>A logical value.</summary>
    public static implicit operator Scalar(bool value) => new(DType.Bool, value ? 1 : 0);

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(int value) => new(DType.Int64, value);

    /// <summary>An integer.</summary>
    public static implicit operator Scalar(long value) => new(DType.Int64, value);

    /// <summary>A floating-point value.</summary>
    public static implicit operator Scalar(float value) => new(DType.Float64, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A floating-point value.</summary>
    public static implicit operator Scalar(double value) => new(DType.Float64, BitConverter.DoubleToInt64Bits(value));

    /// <summary>The negated value, of the same category (bool becomes an integer).</summary>
    public static Scalar operator -(Scalar value) => value.DType == DType.Float64 ? -value.AsDouble : -value._bits;

    /// <inheritdoc/>
    public bool Equals(Scalar other) => DType == other.DType && _bits == other._bits;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Scalar other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(DType, _bits);

    /// <summary>Same category and value.</summary>
    public static bool operator ==(Scalar a, Scalar b) => a.Equals(b);

    /// <summary>Another category or value.</summary>
    public static bool operator !=(Scalar a, Scalar b) => !a.Equals(b);

    /// <inheritdoc/>
    public override string ToString() => DType switch
    {
        DType.Bool => AsBool ? "True" : "False",
        DType.Int64 => _bits.ToString(CultureInfo.InvariantCulture),
        _ => AsDouble.ToString("R", CultureInfo.InvariantCulture),
    };
}
