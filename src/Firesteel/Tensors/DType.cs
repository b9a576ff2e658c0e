using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>The element type of a tensor; the same set and order of promotion as <c>torch.dtype</c>.</summary>
public enum DType
{
    /// <summary>Logical values, one byte each (<c>torch.bool</c>).</summary>
    Bool,

    /// <summary>Unsigned 8-bit integers (<c>torch.uint8</c>).</summary>
    UInt8,

    /// <summary>Signed 8-bit integers (<c>torch.int8</c>).</summary>
    Int8,

    /// <summary>Signed 16-bit integers (<c>torch.int16</c>).</summary>
    Int16,

    /// <summary>Signed 32-bit integers (<c>torch.int32</c>).</summary>
    Int32,

    /// <summary>Signed 64-bit integers (<c>torch.int64</c>).</summary>
    Int64,

    /// <summary>IEEE 754 half precision (<c>torch.float16</c>).</summary>
    Float16,

    /// <summary>Half precision with the exponent of float32 (<c>torch.bfloat16</c>).</summary>
    BFloat16,

    /// <summary>IEEE 754 single precision (<c>torch.float32</c>), the default.</summary>
    Float32,

    /// <summary>IEEE 754 double precision (<c>torch.float64</c>).</summary>
    Float64,
}

/// <summary>Facts about a <see cref="DType"/>.</summary>
public static class DTypes
{
    /// <summary>Bytes per element.</summary>
    public static int ItemSize(this DType dtype) => ItemSizes[(int)dtype];

    /// <summary>In the order of the enum; a table, because every kernel call asks for sizes.</summary>
    private static ReadOnlySpan<byte> ItemSizes => [1, 1, 1, 2, 4, 8, 2, 2, 4, 8];

    /// <summary>True for the four floating-point types (<c>torch.is_floating_point</c>).</summary>
    public static bool IsFloatingPoint(this DType dtype) => dtype >= DType.Float16;

    /// <summary>True for the five integer types; bool is not one of them.</summary>
    public static bool IsInteger(this DType dtype) => dtype is >= DType.UInt8 and <= DType.Int64;

    /// <summary>PyTorch's name of the type: <c>float32</c>, <c>int64</c>, <c>bool</c>.</summary>
    public static string Name(this DType dtype) => dtype switch
    {
        DType.BFloat16 => "bfloat16",
        _ => dtype.ToString().ToLowerInvariant(),
    };

    /// <summary>The <see cref="DType"/> that stores elements of the C# type <typeparamref name="T"/>.</summary>
    /// <exception cref="NotSupportedException">No dtype stores <typeparamref name="T"/>.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static DType Of<T>() where T : unmanaged
    {
        if (typeof(T) == typeof(float)) return DType.Float32;
        if (typeof(T) == typeof(double)) return DType.Float64;
        if (typeof(T) == typeof(long)) return DType.Int64;
        if (typeof(T) == typeof(int)) return DType.Int32;
        if (typeof(T) == typeof(short)) return DType.Int16;
        if (typeof(T) == typeof(sbyte)) return DType.Int8;
        if (typeof(T) == typeof(byte)) return DType.UInt8;
        if (typeof(T) == typeof(bool)) return DType.Bool;
        if (typeof(T) == typeof(Half)) return DType.Float16;
        if (typeof(T) == typeof(BFloat16)) return DType.BFloat16;
        throw new NotSupportedException($"No dtype stores elements of type {typeof(T).Name}; use float, double, Half, BFloat16, long, int, short, sbyte, byte or bool.");
    }

    /// <summary>The type of the result of an operation on both types (<c>torch.promote_types</c>).</summary>
    public static DType Promote(DType a, DType b)
    {
        if (a == b) return a;
        if (a > b) (a, b) = (b, a);
        if (a == DType.Float16 && b == DType.BFloat16) return DType.Float32;
        if (a == DType.UInt8 && b == DType.Int8) return DType.Int16;
        return b; // the enum is ordered so that the larger value contains the smaller in every other pair
    }

    /// <summary>The type in which kernels compute on elements of this one: float32, float64 or int64.</summary>
    internal static DType ComputeType(this DType dtype) => dtype switch
    {
        DType.Float64 => DType.Float64,
        >= DType.Float16 => DType.Float32,
        _ => DType.Int64,
    };

    /// <summary>Smallest and largest value of an integer type.</summary>
    internal static (long Min, long Max) IntegerRange(this DType dtype) => dtype switch
    {
        DType.Bool => (0, 1),
        DType.UInt8 => (byte.MinValue, byte.MaxValue),
        DType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        DType.Int16 => (short.MinValue, short.MaxValue),
        DType.Int32 => (int.MinValue, int.MaxValue),
        _ => (long.MinValue, long.MaxValue),
    };

    /// <summary>Machine epsilon of a floating-point type (<c>torch.finfo(dtype).eps</c>).</summary>
    internal static double Epsilon(this DType dtype) => dtype switch
    {
        DType.Float64 => 2.220446049250313e-16,
        DType.Float32 => 1.1920928955078125e-07,
        DType.Float16 => 0.0009765625,
        DType.BFloat16 => 0.0078125,
        _ => throw new ArgumentException($"{dtype.Name()} has no epsilon."),
    };

    /// <summary>Largest finite value of a floating-point type (<c>torch.finfo(dtype).max</c>).</summary>
    internal static double MaxFinite(this DType dtype) => dtype switch
    {
        DType.Float64 => double.MaxValue,
        DType.Float32 => float.MaxValue,
        DType.Float16 => 65504,
        DType.BFloat16 => 3.3895313892515355e+38,
        _ => dtype.IntegerRange().Max,
    };
}
