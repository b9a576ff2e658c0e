using System.Numerics;
using System.Runtime.CompilerServices;

namespace Firesteel;

/// <summary>Stores draws in an output of any dtype and strides, in the order of <see cref="CpuDrawOrder"/>, converting as PyTorch does.</summary>
internal unsafe struct CpuRandomWriter
{
    /// <summary>The most draws that are given at a time.</summary>
    public const int Chunk = 256;

    private readonly CpuView _output;
    private readonly long[]? _offsets, _secondOffsets;
    private readonly bool _isLinear;
    private CpuDrawOrder _order;
    private long _position;

    public CpuRandomWriter(in CpuView output)
        : this(output, output.Strides)
    {
    }

    /// <summary>Follows the order of the output and of an operand with these strides that is read along with it.</summary>
    public CpuRandomWriter(in CpuView output, long[] secondStrides)
    {
        _output = output;
        // The usual case needs no order, and so no memory.
        _isLinear = output.IsContiguous && ReferenceEquals(secondStrides, output.Strides);
        if (_isLinear) return;
        _order = new CpuDrawOrder(output.Shape, output.Strides, secondStrides);
        _isLinear = _order.IsLinear;
        if (!_isLinear) (_offsets, _secondOffsets) = (new long[Chunk], new long[Chunk]);
    }

    /// <summary>The number of draws still to come, at most <see cref="Chunk"/>.</summary>
    public readonly int Remaining => (int)Math.Min(Chunk, _output.Shape.NumElements - _position);

    /// <summary>Writes the next elements, double or long: 16-bit types are rounded by way of float32, and integers keep their low bits.</summary>
    public void Write<TValue>(ReadOnlySpan<TValue> values)
        where TValue : unmanaged, INumber<TValue>
    {
        switch (_output.DType)
        {
            case DType.Float64: Store<TValue, double>(values); break;
            case DType.Float32: Store<TValue, float>(values); break;
            case DType.Float16: Store<TValue, Half>(values); break;
            case DType.BFloat16: Store<TValue, BFloat16>(values); break;
            case DType.Int64: Store<TValue, long>(values); break;
            case DType.Int32: Store<TValue, int>(values); break;
            case DType.Int16: Store<TValue, short>(values); break;
            case DType.Int8: Store<TValue, sbyte>(values); break;
            case DType.UInt8: Store<TValue, byte>(values); break;
            default: Store<TValue, bool>(values); break;
        }
    }

    private void Store<TValue, T>(ReadOnlySpan<TValue> values)
        where TValue : unmanaged, INumber<TValue>
        where T : unmanaged
    {
        T* data = (T*)_output.Data;
        if (_offsets is null)
        {
            data += _position;
            for (int i = 0; i < values.Length; i++) data[i] = Convert<TValue, T>(values[i]);
        }
        else
        {
            var offsets = _offsets.AsSpan(0, values.Length);
            _order.Next(offsets, _secondOffsets.AsSpan(0, values.Length));
            for (int i = 0; i < values.Length; i++) data[offsets[i]] = Convert<TValue, T>(values[i]);
        }
        _position += values.Length;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Convert<TValue, T>(TValue value)
        where TValue : unmanaged, INumber<TValue>
        where T : unmanaged
    {
        if (typeof(T) == typeof(double)) return (T)(object)double.CreateTruncating(value);
        if (typeof(T) == typeof(float)) return (T)(object)float.CreateTruncating(value);
        if (typeof(T) == typeof(Half)) return (T)(object)(Half)float.CreateTruncating(value);
        if (typeof(T) == typeof(BFloat16)) return (T)(object)(BFloat16)float.CreateTruncating(value);
        if (typeof(T) == typeof(bool)) return (T)(object)!TValue.IsZero(value);
        long integer = long.CreateTruncating(value);
        if (typeof(T) == typeof(long)) return (T)(object)integer;
        if (typeof(T) == typeof(int)) return (T)(object)unchecked((int)integer);
        if (typeof(T) == typeof(short)) return (T)(object)unchecked((short)integer);
        if (typeof(T) == typeof(sbyte)) return (T)(object)unchecked((sbyte)integer);
        return (T)(object)unchecked((byte)integer);
    }
}
