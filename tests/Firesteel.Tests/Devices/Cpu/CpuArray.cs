using System.Runtime.CompilerServices;

namespace Firesteel.Tests.Devices.Cpu;

/// <summary>A pinned array of any dtype and strides, with access by index, for tests of kernels against loops that are obviously right.</summary>
internal sealed unsafe class CpuArray
{
    public static readonly DType[] AllTypes = Enum.GetValues<DType>();

    private readonly byte[] _bytes;
    private readonly byte* _first;

    public CpuArray(DType dtype, long[] shape, long[]? strides = null)
    {
        DType = dtype;
        Shape = new Shape(shape);
        Strides = strides ?? Shape.ContiguousStrides;
        long first = 0, last = 0;
        for (int d = 0; d < shape.Length && Shape.NumElements > 0; d++)
        {
            long reach = (shape[d] - 1) * Strides[d];
            if (reach > 0) last += reach; else first += reach;
        }
        _bytes = GC.AllocateArray<byte>((int)(last - first + 1) * dtype.ItemSize() + 16, pinned: true);
        Array.Fill(_bytes, (byte)0x5A); // what lies between the elements must not matter
        _first = (byte*)Unsafe.AsPointer(ref _bytes[8]) - first * dtype.ItemSize();
        View = new CpuView(_first, Geometry.Of(Shape, Strides, dtype));
        if (dtype == DType.Bool) foreach (long[] i in Indices(shape)) this[i] = 0;
    }

    public DType DType { get; }

    public Shape Shape { get; }

    public long[] Strides { get; }

    public CpuView View { get; }

    public byte[] Bytes => _bytes;

    /// <summary>An element as a double, exact for all but large int64.</summary>
    public double this[params long[] index]
    {
        get
        {
            byte* p = At(index);
            return DType switch
            {
                DType.Bool => *p != 0 ? 1 : 0,
                DType.UInt8 => *p,
                DType.Int8 => *(sbyte*)p,
                DType.Int16 => *(short*)p,
                DType.Int32 => *(int*)p,
                DType.Int64 => *(long*)p,
                DType.Float16 => (double)*(Half*)p,
                DType.BFloat16 => (float)*(BFloat16*)p,
                DType.Float32 => *(float*)p,
                _ => *(double*)p,
            };
        }
        set
        {
            byte* p = At(index);
            switch (DType)
            {
                case DType.Bool: *(bool*)p = value != 0; break;
                case DType.UInt8: *p = (byte)value; break;
                case DType.Int8: *(sbyte*)p = (sbyte)value; break;
                case DType.Int16: *(short*)p = (short)value; break;
                case DType.Int32: *(int*)p = (int)value; break;
                case DType.Int64: *(long*)p = (long)value; break;
                case DType.Float16: *(Half*)p = (Half)value; break;
                case DType.BFloat16: *(BFloat16*)p = (BFloat16)value; break;
                case DType.Float32: *(float*)p = (float)value; break;
                default: *(double*)p = value; break;
            }
        }
    }

    /// <summary>The bits of an element.</summary>
    public ulong Bits(params long[] index)
    {
        ulong bits = 0;
        Unsafe.CopyBlockUnaligned(&bits, At(index), (uint)DType.ItemSize());
        return bits;
    }

    private byte* At(long[] index)
    {
        Assert.Equal(Shape.Length, index.Length);
        long offset = 0;
        for (int d = 0; d < index.Length; d++) offset += index[d] * Strides[d];
        return _first + offset * DType.ItemSize();
    }

    public static CpuArray Of(DType dtype, params double[] values)
    {
        var array = new CpuArray(dtype, [values.Length]);
        for (int i = 0; i < values.Length; i++) array[i] = values[i];
        return array;
    }

    /// <summary>An array with a random layout: row-major, permuted, with gaps, or walked backwards.</summary>
    public static CpuArray Random(Random random, DType dtype, long[] shape, Func<double>? value = null, bool repeat = false)
    {
        var array = new CpuArray(dtype, shape, RandomStrides(random, shape, repeat));
        if (value is not null) foreach (long[] i in Indices(shape)) array[i] = value();
        return array;
    }

    public static long[] RandomStrides(Random random, long[] shape, bool repeat = false)
    {
        int kind = random.Next(4);
        if (kind == 0) return new Shape(shape).ContiguousStrides;
        var strides = new long[shape.Length];
        int[] order = [.. Enumerable.Range(0, shape.Length)];
        if (kind >= 2) random.Shuffle(order);
        long stride = kind == 3 ? random.Next(1, 3) : 1;
        foreach (int d in order.Reverse())
        {
            strides[d] = stride;
            stride *= Math.Max(1, shape[d]) + (kind == 3 ? random.Next(2) : 0);
            if (kind == 3 && random.Next(6) == 0) strides[d] = -strides[d];
            if (repeat && random.Next(5) == 0) strides[d] = 0;
        }
        return strides;
    }

    public static long[] RandomShape(Random random, int maxRank, int maxSize, bool empty = true)
    {
        var shape = new long[random.Next(maxRank + 1)];
        for (int d = 0; d < shape.Length; d++) shape[d] = random.Next(8) == 0 ? 1 : random.Next(empty && random.Next(10) == 0 ? 0 : 1, maxSize + 1);
        return shape;
    }

    /// <summary>Every index of a shape in row-major order.</summary>
    public static IEnumerable<long[]> Indices(long[] shape)
    {
        long count = shape.Aggregate(1L, (a, b) => a * b);
        for (long n = 0; n < count; n++)
        {
            var index = new long[shape.Length];
            long rest = n;
            for (int d = shape.Length - 1; d >= 0; d--)
            {
                index[d] = rest % shape[d];
                rest /= shape[d];
            }
            yield return index;
        }
    }

    /// <summary>The index with one coordinate replaced.</summary>
    public static long[] With(long[] index, int dim, long at)
    {
        var copy = (long[])index.Clone();
        copy[dim] = at;
        return copy;
    }

    /// <summary>A value that any dtype stores exactly.</summary>
    public static Func<double> SmallIntegers(Random random, DType dtype) => dtype switch
    {
        DType.Bool => () => random.Next(2),
        DType.UInt8 => () => random.Next(8),
        _ => () => random.Next(-4, 5),
    };
}
