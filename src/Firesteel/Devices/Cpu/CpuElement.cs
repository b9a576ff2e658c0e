using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Firesteel;

/// <summary>Code that is compiled once for every element type.</summary>
internal interface IElementBody
{
    void Run<T>() where T : unmanaged;
}

/// <summary>
/// Elements of the ten dtypes, one by one and in tiles. All conversions go through the three types that kernels compute in: float,
/// double and long. The chains of <c>typeof</c> are resolved by the JIT; nothing of them is left in the compiled code.
/// </summary>
internal static unsafe class CpuElement
{
    /// <summary>Runs <paramref name="body"/> for the C# type of <paramref name="dtype"/>.</summary>
    public static void Dispatch<TBody>(DType dtype, ref TBody body)
        where TBody : struct, IElementBody
    {
        switch (dtype)
        {
            case DType.Bool: body.Run<bool>(); break;
            case DType.UInt8: body.Run<byte>(); break;
            case DType.Int8: body.Run<sbyte>(); break;
            case DType.Int16: body.Run<short>(); break;
            case DType.Int32: body.Run<int>(); break;
            case DType.Int64: body.Run<long>(); break;
            case DType.Float16: body.Run<Half>(); break;
            case DType.BFloat16: body.Run<BFloat16>(); break;
            case DType.Float32: body.Run<float>(); break;
            default: body.Run<double>(); break;
        }
    }

    /// <summary>Converts as a C cast does; anything but zero becomes true.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TTo Convert<TFrom, TTo>(TFrom value)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        if (typeof(TFrom) == typeof(TTo)) return Unsafe.BitCast<TFrom, TTo>(value);
        if (typeof(TFrom) == typeof(float)) return FromSingle<TTo>(Unsafe.BitCast<TFrom, float>(value));
        if (typeof(TFrom) == typeof(double)) return FromDouble<TTo>(Unsafe.BitCast<TFrom, double>(value));
        if (typeof(TFrom) == typeof(Half)) return FromSingle<TTo>((float)Unsafe.BitCast<TFrom, Half>(value));
        if (typeof(TFrom) == typeof(BFloat16)) return FromSingle<TTo>(Unsafe.BitCast<TFrom, BFloat16>(value));
        return FromInt64<TTo>(ToInt64(value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long ToInt64<T>(T value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(bool)) return Unsafe.BitCast<T, byte>(value) != 0 ? 1 : 0;
        if (typeof(T) == typeof(byte)) return Unsafe.BitCast<T, byte>(value);
        if (typeof(T) == typeof(sbyte)) return Unsafe.BitCast<T, sbyte>(value);
        if (typeof(T) == typeof(short)) return Unsafe.BitCast<T, short>(value);
        if (typeof(T) == typeof(int)) return Unsafe.BitCast<T, int>(value);
        return Unsafe.BitCast<T, long>(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T FromInt64<T>(long value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(bool)) return Unsafe.BitCast<bool, T>(value != 0);
        if (typeof(T) == typeof(byte)) return Unsafe.BitCast<byte, T>((byte)value);
        if (typeof(T) == typeof(sbyte)) return Unsafe.BitCast<sbyte, T>((sbyte)value);
        if (typeof(T) == typeof(short)) return Unsafe.BitCast<short, T>((short)value);
        if (typeof(T) == typeof(int)) return Unsafe.BitCast<int, T>((int)value);
        if (typeof(T) == typeof(long)) return Unsafe.BitCast<long, T>(value);
        if (typeof(T) == typeof(Half)) return Unsafe.BitCast<Half, T>((Half)(float)value);
        if (typeof(T) == typeof(BFloat16)) return Unsafe.BitCast<BFloat16, T>((BFloat16)(float)value);
        if (typeof(T) == typeof(float)) return Unsafe.BitCast<float, T>(value);
        return Unsafe.BitCast<double, T>(value);
    }

    /// <summary>Truncation; NaN and values out of range give the smallest integer, as on x86-64 and so in PyTorch there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Truncated(double value) => value is >= -9223372036854775808.0 and < 9223372036854775808.0 ? (long)value : long.MinValue;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T FromSingle<T>(float value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(bool)) return Unsafe.BitCast<bool, T>(value != 0);
        if (typeof(T) == typeof(Half)) return Unsafe.BitCast<Half, T>((Half)value);
        if (typeof(T) == typeof(BFloat16)) return Unsafe.BitCast<BFloat16, T>((BFloat16)value);
        if (typeof(T) == typeof(float)) return Unsafe.BitCast<float, T>(value);
        if (typeof(T) == typeof(double)) return Unsafe.BitCast<double, T>(value);
        return FromInt64<T>(Truncated(value));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T FromDouble<T>(double value)
        where T : unmanaged
    {
        if (typeof(T) == typeof(bool)) return Unsafe.BitCast<bool, T>(value != 0);
        if (typeof(T) == typeof(Half)) return Unsafe.BitCast<Half, T>((Half)(float)value);
        if (typeof(T) == typeof(BFloat16)) return Unsafe.BitCast<BFloat16, T>((BFloat16)value);
        if (typeof(T) == typeof(float)) return Unsafe.BitCast<float, T>((float)value);
        if (typeof(T) == typeof(double)) return Unsafe.BitCast<double, T>(value);
        return FromInt64<T>(Truncated(value));
    }

    /// <summary>Reads <paramref name="count"/> elements, <paramref name="stride"/> apart, converted to float, double or long.</summary>
    public static void Load<T>(DType dtype, byte* source, long stride, T* destination, int count)
        where T : unmanaged
    {
        switch (dtype)
        {
            case DType.Bool: Load((bool*)source, stride, destination, count); break;
            case DType.UInt8: Load(source, stride, destination, count); break;
            case DType.Int8: Load((sbyte*)source, stride, destination, count); break;
            case DType.Int16: Load((short*)source, stride, destination, count); break;
            case DType.Int32: Load((int*)source, stride, destination, count); break;
            case DType.Int64: Load((long*)source, stride, destination, count); break;
            case DType.Float16: Load((Half*)source, stride, destination, count); break;
            case DType.BFloat16: Load((BFloat16*)source, stride, destination, count); break;
            case DType.Float32: Load((float*)source, stride, destination, count); break;
            default: Load((double*)source, stride, destination, count); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Load<TFrom, T>(TFrom* source, long stride, T* destination, int count)
        where TFrom : unmanaged
        where T : unmanaged
    {
        int i = 0;
        if (stride == 1)
        {
            if (typeof(TFrom) == typeof(T))
            {
                Unsafe.CopyBlockUnaligned(destination, source, (uint)(count * sizeof(T)));
                return;
            }
            if (typeof(T) == typeof(float) && (typeof(TFrom) == typeof(Half) || typeof(TFrom) == typeof(BFloat16)))
            {
                for (; i <= count - 8; i += 8)
                {
                    var bits = Vector256.Create(Vector128.WidenLower(Vector128.Load((ushort*)(source + i))), Vector128.WidenUpper(Vector128.Load((ushort*)(source + i))));
                    Vector256.Store(typeof(TFrom) == typeof(Half) ? FromHalfBits(bits) : (bits << 16).AsSingle(), (float*)(destination + i));
                }
            }
            for (; i < count; i++) destination[i] = Convert<TFrom, T>(source[i]);
            return;
        }
        for (; i < count; i++) destination[i] = Convert<TFrom, T>(source[i * stride]);
    }

    /// <summary>float16 to float32 by moving the exponent; subnormals are normalised by a subtraction that is exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> FromHalfBits(Vector256<uint> half)
    {
        var magnitude = (half & Vector256.Create(0x7FFFu)) << 13;
        var exponent = magnitude & Vector256.Create(0x0F800000u);
        var normal = magnitude + Vector256.Create((127u - 15) << 23);
        var special = normal + Vector256.Create((128u - 16) << 23); // infinity and NaN
        var subnormal = (normal + Vector256.Create(1u << 23)).AsSingle() - Vector256.Create(113u << 23).AsSingle();
        var result = Vector256.ConditionalSelect(Vector256.Equals(exponent, Vector256.Create(0x0F800000u)), special, normal);
        result = Vector256.ConditionalSelect(Vector256.Equals(exponent, Vector256<uint>.Zero), subnormal.AsUInt32(), result);
        return (result | ((half & Vector256.Create(0x8000u)) << 16)).AsSingle();
    }

    /// <summary>Writes <paramref name="count"/> floats, doubles or longs, converted to <paramref name="dtype"/>, <paramref name="stride"/> elements apart.</summary>
    public static void Store<T>(DType dtype, T* source, byte* destination, long stride, int count)
        where T : unmanaged
    {
        switch (dtype)
        {
            case DType.Bool: Store(source, (bool*)destination, stride, count); break;
            case DType.UInt8: Store(source, destination, stride, count); break;
            case DType.Int8: Store(source, (sbyte*)destination, stride, count); break;
            case DType.Int16: Store(source, (short*)destination, stride, count); break;
            case DType.Int32: Store(source, (int*)destination, stride, count); break;
            case DType.Int64: Store(source, (long*)destination, stride, count); break;
            case DType.Float16: Store(source, (Half*)destination, stride, count); break;
            case DType.BFloat16: Store(source, (BFloat16*)destination, stride, count); break;
            case DType.Float32: Store(source, (float*)destination, stride, count); break;
            default: Store(source, (double*)destination, stride, count); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Store<T, TTo>(T* source, TTo* destination, long stride, int count)
        where T : unmanaged
        where TTo : unmanaged
    {
        int i = 0;
        if (stride == 1 && typeof(T) == typeof(float) && (typeof(TTo) == typeof(Half) || typeof(TTo) == typeof(BFloat16)))
        {
            for (; i <= count - 8; i += 8)
            {
                var value = Vector256.Load((float*)source + i);
                var bits = typeof(TTo) == typeof(Half) ? ToHalfBits(value) : ToBFloat16Bits(value);
                Vector128.Narrow(bits.GetLower(), bits.GetUpper()).Store((ushort*)(destination + i));
            }
        }
        for (; i < count; i++) destination[i * stride] = Convert<T, TTo>(source[i]);
    }

    /// <summary>float32 to float16, to nearest, ties to even; the subnormals by an addition that rounds where their last bit is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> ToHalfBits(Vector256<float> value)
    {
        var bits = value.AsUInt32();
        var magnitude = bits & Vector256.Create(0x7FFFFFFFu);
        var sign = (bits ^ magnitude) >> 16;
        // Rounding may carry into the exponent; from 65520 on that makes it infinite.
        var normal = (magnitude + Vector256.Create(0xFFFu) + ((magnitude >> 13) & Vector256<uint>.One) - Vector256.Create(112u << 23)) >> 13;
        var half = Vector256.Create(0.5f);
        var subnormal = (magnitude.AsSingle() + half).AsUInt32() - half.AsUInt32();
        var result = Vector256.ConditionalSelect(Vector256.LessThan(magnitude.AsInt32(), Vector256.Create(113 << 23)).AsUInt32(), subnormal, normal);
        result = Vector256.ConditionalSelect(Vector256.GreaterThan(magnitude.AsInt32(), Vector256.Create(0x477FEFFF)).AsUInt32(), Vector256.Create(0x7C00u), result);
        // As the scalar conversion: what fits of the payload, and quiet.
        var nan = Vector256.Create(0x7E00u) | ((magnitude >> 13) & Vector256.Create(0x3FFu));
        return sign | Vector256.ConditionalSelect(Vector256.GreaterThan(magnitude.AsInt32(), Vector256.Create(0x7F800000)).AsUInt32(), nan, result);
    }

    /// <summary>float32 to bfloat16, as the scalar conversion.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> ToBFloat16Bits(Vector256<float> value)
    {
        var bits = value.AsUInt32();
        var rounded = (bits + Vector256.Create(0x7FFFu) + ((bits >> 16) & Vector256<uint>.One)) >> 16;
        return Vector256.ConditionalSelect(Vector256.Equals(value, value).AsUInt32(), rounded, (bits >> 16) | Vector256.Create(0x40u));
    }
}
