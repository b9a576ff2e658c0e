namespace Firesteel.Tests;

/// <summary>Memory of a dtype seen through sizes and strides, filled with a sentinel, that random kernels write to and read from.</summary>
internal sealed unsafe class RandomBuffer
{
    private const byte Sentinel = 0xA5;
    private readonly byte[] _bytes;
    private readonly Shape _shape;
    private readonly long[] _strides;
    private readonly DType _dtype;

    public RandomBuffer(DType dtype, long[] sizes, long[]? strides = null)
    {
        _dtype = dtype;
        _shape = new Shape(sizes);
        _strides = strides ?? _shape.ContiguousStrides;
        long last = 0;
        for (int d = 0; d < sizes.Length; d++) last += (Math.Max(sizes[d], 1) - 1) * _strides[d];
        _bytes = new byte[(last + 1) * dtype.ItemSize()];
        _bytes.AsSpan().Fill(Sentinel);
        // The kernel is told of contiguity as View tells it.
        if (Offsets().Select((offset, i) => offset == i).All(same => same)) _strides = _shape.ContiguousStrides;
    }

    public static RandomBuffer From<T>(T[] values, long[] sizes, long[]? strides = null)
        where T : unmanaged
    {
        var buffer = new RandomBuffer(DTypes.Of<T>(), sizes, strides);
        int i = 0;
        fixed (byte* p = buffer._bytes)
            foreach (long offset in buffer.Offsets()) ((T*)p)[offset] = values[i++];
        return buffer;
    }

    /// <summary>Draws into this, with numbers for parameters.</summary>
    public RandomBuffer Draw(Distribution distribution, Generator generator, params Scalar[] parameters)
    {
        var views = parameters.Select(p => new CpuView(p)).ToArray();
        fixed (byte* p = _bytes) CpuRandom.Run(new RandomKernel(distribution, generator), View(p), views);
        return this;
    }

    /// <summary>Draws into this, with a buffer for the first parameter.</summary>
    public RandomBuffer Draw(Distribution distribution, Generator generator, RandomBuffer first, params Scalar[] rest)
    {
        fixed (byte* p = _bytes, q = first._bytes)
        {
            CpuView[] views = [first.View(q), .. rest.Select(r => new CpuView(r))];
            CpuRandom.Run(new RandomKernel(distribution, generator), View(p), views);
        }
        return this;
    }

    private CpuView View(byte* data) => new(data, Geometry.Of(_shape, _strides, _dtype));

    /// <summary>The elements in row-major order.</summary>
    public byte[] RowMajor()
    {
        int size = _dtype.ItemSize();
        return [.. Offsets().SelectMany(offset => _bytes.AsSpan((int)offset * size, size).ToArray())];
    }

    public double[] Values()
    {
        var values = new List<double>();
        fixed (byte* p = _bytes)
        {
            foreach (long at in Offsets())
            {
                values.Add(_dtype switch
                {
                    DType.Float64 => ((double*)p)[at],
                    DType.Float32 => ((float*)p)[at],
                    DType.Float16 => (double)((Half*)p)[at],
                    DType.BFloat16 => ((BFloat16*)p)[at],
                    DType.Int64 => ((long*)p)[at],
                    DType.Int32 => ((int*)p)[at],
                    DType.Int16 => ((short*)p)[at],
                    DType.Int8 => ((sbyte*)p)[at],
                    _ => p[at],
                });
            }
        }
        return [.. values];
    }

    public long[] Longs() => [.. Values().Select(v => (long)v)];

    /// <summary>True while every byte that is no element, or every byte if asked so, has its first value.</summary>
    public bool Untouched(bool everything = false)
    {
        int size = _dtype.ItemSize();
        var elements = everything ? [] : Offsets().SelectMany(offset => Enumerable.Range((int)offset * size, size)).ToHashSet();
        return Enumerable.Range(0, _bytes.Length).All(i => elements.Contains(i) || _bytes[i] == Sentinel);
    }

    private IEnumerable<long> Offsets()
    {
        for (long i = 0; i < _shape.NumElements; i++)
        {
            long rest = i, offset = 0;
            for (int d = _shape.Length - 1; d >= 0; d--)
            {
                offset += rest % _shape[d] * _strides[d];
                rest /= _shape[d];
            }
            yield return offset;
        }
    }
}
