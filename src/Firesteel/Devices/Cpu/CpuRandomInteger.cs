namespace Firesteel;

/// <summary>Integers in a range, and permutations.</summary>
internal static unsafe class CpuRandomInteger
{
    /// <summary>[low, high); up to the largest integer of the dtype without high; the range of <c>random_()</c> without both.</summary>
    public static void Run(Generator generator, in CpuView output, long? low, long? high)
    {
        var dtype = output.DType;
        if (low is not { } from)
        {
            Default(generator, output);
            return;
        }
        if (high is { } to)
        {
            if (from >= to) throw new ArgumentException($"random_ expects 'from' to be less than 'to', but got from={from} >= to={to}");
            if (dtype.IsFloatingPoint())
            {
                (from, to) = (RaiseToRepresentable(from, dtype), LowerToRepresentable(to, dtype));
                if (from >= to) throw new ArgumentException($"random_ expects 'from' casted to dtype to be less than 'to' casted to dtype, but got from={from} >= to={to}");
            }
            CheckBounds(from, to - 1, dtype);
            Range(generator, output, unchecked((ulong)to - (ulong)from), from);
        }
        else if (from != long.MinValue)
        {
            if (dtype.IsFloatingPoint()) from = RaiseToRepresentable(from, dtype);
            long last = dtype.IsFloatingPoint() ? 1L << Digits(dtype) : dtype.IntegerRange().Max;
            if (from > last) throw new ArgumentException($"random_ expects 'from' casted to dtype to be less than or equal to 'to_inc' casted to dtype, but got from={from} > to_inc={last}");
            CheckBounds(from, last, dtype);
            Range(generator, output, unchecked((ulong)last - (ulong)from + 1), from);
        }
        else
        {
            if (!Draws64Bits(dtype)) throw new ArgumentException($"random_: the full range of int64 can be drawn for int64, float64, float32 and bfloat16, not {dtype.Name()}.");
            Write(generator, output, true, new FullRange());
        }
    }

    /// <summary>0..n-1 in random order, n being the size of the output.</summary>
    public static void Permute(Generator generator, in CpuView output)
    {
        if (output.Shape.Length != 1) throw new ArgumentException($"randperm writes one dimension, not {output.Shape}.");
        long n = output.Shape.NumElements;
        if (output.DType == DType.Bool) throw new ArgumentException("randperm is not implemented for bool");
        long limit = output.DType.IsFloatingPoint() ? 1L << Digits(output.DType) : output.DType.IntegerRange().Max;
        if (n - 1 > limit) throw new ArgumentException($"n is too large for result tensor type: {output.DType.Name()} holds the integers up to {limit}, n is {n}");

        var writer = new CpuRandomWriter(output);
        Span<long> values = stackalloc long[CpuRandomWriter.Chunk];
        long next = 0;
        for (int count; (count = writer.Remaining) > 0;)
        {
            for (int i = 0; i < count; i++) values[i] = next++;
            writer.Write<long>(values[..count]);
        }
        long stride = n == 0 ? 1 : output.Strides[0];
        switch (output.DType.ItemSize())
        {
            case 1: Shuffle(generator.Engine, output.Data, n, stride); break;
            case 2: Shuffle(generator.Engine, (ushort*)output.Data, n, stride); break;
            case 4: Shuffle(generator.Engine, (uint*)output.Data, n, stride); break;
            default: Shuffle(generator.Engine, (ulong*)output.Data, n, stride); break;
        }
    }

    private static void Shuffle<T>(Mt19937 engine, T* data, long n, long stride)
        where T : unmanaged
    {
        // Above this the remainder of 32 bits would be visibly uneven; PyTorch changes over at the same size since 2.5.
        bool wide = n >= uint.MaxValue / 20;
        for (long i = 0; i < n - 1; i++)
        {
            long other = i + (wide ? (long)(engine.Next64() % (ulong)(n - i)) : engine.Next() % (uint)(n - i));
            T* a = data + i * stride, b = data + other * stride;
            (*a, *b) = (*b, *a);
        }
    }

    private static void Default(Generator generator, in CpuView output)
    {
        switch (output.DType)
        {
            case DType.Bool: Range(generator, output, 2, 0); break;
            case DType.Int64: Write(generator, output, true, new Remainder(1UL << 63, 0)); break;
            case DType.Float64: Write(generator, output, true, new Remainder((1UL << 53) + 1, 0)); break;
            case { } floating when floating.IsFloatingPoint(): Range(generator, output, (1UL << Digits(floating)) + 1, 0); break;
            case { } integer: Range(generator, output, (ulong)integer.IntegerRange().Max + 1, 0); break;
        }
    }

    private static void Range(Generator generator, in CpuView output, ulong range, long from) =>
        Write(generator, output, range >= 1UL << 32 && Draws64Bits(output.DType), new Remainder(range, from));

    private static void Write<TMap>(Generator generator, in CpuView output, bool wide, TMap map)
        where TMap : struct, IBitsMap
    {
        var engine = generator.Engine;
        var writer = new CpuRandomWriter(output);
        Span<long> values = stackalloc long[CpuRandomWriter.Chunk];
        for (int count; (count = writer.Remaining) > 0;)
        {
            for (int i = 0; i < count; i++) values[i] = map.Apply(wide ? engine.Next64() : engine.Next());
            writer.Write<long>(values[..count]);
        }
    }

    private static bool Draws64Bits(DType dtype) => dtype is DType.Int64 or DType.Float64 or DType.Float32 or DType.BFloat16;

    /// <summary>Bits of the significand: every integer up to 2 to this power has a representation.</summary>
    private static int Digits(DType dtype) => dtype switch
    {
        DType.Float64 => 53,
        DType.Float32 => 24,
        DType.Float16 => 11,
        _ => 8,
    };

    private static void CheckBounds(long from, long last, DType dtype)
    {
        (double min, double max) = dtype.IsFloatingPoint() ? (-dtype.MaxFinite(), dtype.MaxFinite()) : (dtype.IntegerRange().Min, dtype.IntegerRange().Max);
        if (from < min || from > max) throw new ArgumentException($"from is out of bounds for {dtype.Name()}");
        if (last < min || last > max) throw new ArgumentException($"to - 1 is out of bounds for {dtype.Name()}");
    }

    /// <summary>The smallest bound from which no integer of the range rounds below <paramref name="from"/>.</summary>
    private static long RaiseToRepresentable(long from, DType dtype)
    {
        long rounded = Round(unchecked(from + 1), dtype);
        return rounded < from ? rounded + (1L << ((int)long.Log2(Math.Abs(from + 1)) - Digits(dtype) + 1)) : from;
    }

    /// <summary>The largest bound below which no integer of the range rounds up to <paramref name="to"/>.</summary>
    private static long LowerToRepresentable(long to, DType dtype)
    {
        long rounded = Round(unchecked(to - 1), dtype);
        return rounded >= to ? rounded - (1L << ((int)long.Log2(Math.Abs(to - 1)) - Digits(dtype) + 1)) : to;
    }

    private static long Round(long value, DType dtype) => dtype switch
    {
        DType.Float64 => (long)(double)value,
        DType.Float32 => (long)(float)value,
        DType.Float16 => (long)(float)(Half)(float)value,
        _ => (long)(float)(BFloat16)(float)value,
    };

    /// <summary>An integer made of random bits.</summary>
    private interface IBitsMap
    {
        long Apply(ulong bits);
    }

    private readonly struct Remainder(ulong range, long from) : IBitsMap
    {
        // 32-bit division is several times faster; wide draws come only with ranges that do not fit.
        public long Apply(ulong bits) => unchecked((range <= uint.MaxValue && bits <= uint.MaxValue ? (uint)bits % (uint)range : (long)(bits % range)) + from);
    }

    private readonly struct FullRange : IBitsMap
    {
        public long Apply(ulong bits) => unchecked((long)bits);
    }
}
