namespace Firesteel.Tests.Devices.Cpu;

/// <summary>A buffer of elements that knows how to read and write numbers, and a view of it.</summary>
internal sealed class TestBuffer
{
    private readonly Storage _storage;
    public readonly View View;
    private readonly byte[] _bytes;

    public TestBuffer(DType dtype, long[] sizes, long[] strides, Random? random)
    {
        long first = 0, last = 0;
        for (int d = 0; d < sizes.Length; d++)
        {
            long reach = Math.Max(sizes[d] - 1, 0) * strides[d];
            if (reach > 0) last += reach; else first += reach;
        }
        long count = last - first + 1 + 16;
        _bytes = new byte[count * dtype.ItemSize()];
        _storage = new Storage(Device.Cpu, _bytes);
        View = new View(_storage, 8 - first, Shape.Create(sizes), strides, dtype);
        for (long i = 0; i < count; i++)
            this[i] = random is null ? 77 : dtype.IsFloatingPoint() ? random.NextDouble() * 2 - 1 : random.Next(dtype == DType.UInt8 ? 0 : -100, 100);
    }

    public static TestBuffer Make(DType dtype, long[] sizes, Random random, bool output = false)
    {
        int rank = sizes.Length;
        var strides = new long[rank];
        int[] order = [.. Enumerable.Range(0, rank)];
        int kind = random.Next(5);
        if (kind == 1 && rank >= 2) (order[^1], order[^2]) = (order[^2], order[^1]); // transposed
        if (kind == 2) random.Shuffle(order);
        long stride = kind == 3 ? 2 : 1; // a gap between elements
        for (int q = rank - 1; q >= 0; q--)
        {
            int d = order[q];
            strides[d] = stride;
            stride *= Math.Max(1, sizes[d]);
            if (kind == 4) stride += 3; // a gap between rows
        }
        if (!output && rank > 2 && random.Next(3) == 0) strides[random.Next(rank - 2)] = 0; // broadcast
        if (!output && random.Next(12) == 0) strides[rank - 1 - random.Next(Math.Min(2, rank))] = 0;
        if (!output && random.Next(12) == 0) strides[rank - 1] = -strides[rank - 1];
        return new TestBuffer(dtype, sizes, strides, output ? null : random);
    }

    public double this[long i]
    {
        get
        {
            var bytes = _bytes.AsSpan((int)i * View.DType.ItemSize());
            return View.DType switch
            {
                DType.Float32 => BitConverter.ToSingle(bytes),
                DType.Float64 => BitConverter.ToDouble(bytes),
                DType.Float16 => (double)BitConverter.ToHalf(bytes),
                DType.BFloat16 => BFloat16.FromBits(BitConverter.ToUInt16(bytes)),
                DType.Int64 => BitConverter.ToInt64(bytes),
                DType.Int32 => BitConverter.ToInt32(bytes),
                DType.Int16 => BitConverter.ToInt16(bytes),
                DType.Int8 => (sbyte)bytes[0],
                _ => bytes[0],
            };
        }

        set
        {
            var bytes = _bytes.AsSpan((int)i * View.DType.ItemSize());
            switch (View.DType)
            {
                case DType.Float32: BitConverter.TryWriteBytes(bytes, (float)value); break;
                case DType.Float64: BitConverter.TryWriteBytes(bytes, value); break;
                case DType.Float16: BitConverter.TryWriteBytes(bytes, (Half)value); break;
                case DType.BFloat16: BitConverter.TryWriteBytes(bytes, ((BFloat16)value).Bits); break;
                case DType.Int64: BitConverter.TryWriteBytes(bytes, (long)value); break;
                case DType.Int32: BitConverter.TryWriteBytes(bytes, (int)value); break;
                case DType.Int16: BitConverter.TryWriteBytes(bytes, (short)value); break;
                default: bytes[0] = unchecked((byte)(int)value); break;
            }
        }
    }

    public double this[params long[] index]
    {
        get => this[Position(index)];
        set => this[Position(index)] = value;
    }

    private long Position(long[] index)
    {
        long at = View.Offset;
        for (int d = 0; d < index.Length; d++) at += index[d] * View.Strides[d];
        return at;
    }

    public byte[] Bytes => _bytes;

    public bool[] Untouched()
    {
        // Everything outside of the view must still hold the filler.
        var own = new bool[_bytes.Length / View.DType.ItemSize()];
        foreach (var index in Indices(View.Shape.ToArray()))
            own[Position(index)] = true;
        return own;
    }

    /// <summary>All indices of a shape, in row-major order.</summary>
    public static IEnumerable<long[]> Indices(long[] sizes)
    {
        if (sizes.Any(static s => s == 0)) yield break;
        var index = new long[sizes.Length];
        while (true)
        {
            yield return index;
            int d = sizes.Length - 1;
            while (d >= 0 && ++index[d] == sizes[d]) index[d--] = 0;
            if (d < 0) yield break;
        }
    }
}
