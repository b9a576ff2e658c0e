using System.Runtime.Intrinsics;

namespace Firesteel.Tests.Devices.Cpu;

public unsafe class CpuReduceTests
{
    private static readonly DType[] Computes = [DType.Float32, DType.Float64, DType.Int64];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void MatchesNaiveLoops(int seed)
    {
        var random = new Random(seed);
        for (int trial = 0; trial < 500; trial++)
        {
            var op = (ReduceOp)random.Next(4);
            var type = CpuArray.AllTypes[random.Next(10)];
            var compute = op is ReduceOp.Max or ReduceOp.Min ? type.ComputeType() : Computes[random.Next(3)];
            // A type that holds every sum and product exactly, or the type of the input for max and min.
            var outputType = op is ReduceOp.Max or ReduceOp.Min ? type : op == ReduceOp.Sum ? (DType)(random.Next(2) == 0 ? DType.Float64 : DType.Int64) : DType.Float64;
            int maxSize = random.Next(3) == 0 ? 40 : 6;
            long[] shape = CpuArray.RandomShape(random, maxSize > 6 ? 2 : 5, maxSize > 6 ? 120 : maxSize, empty: op is ReduceOp.Sum or ReduceOp.Prod);
            long[] outputShape = [.. shape.Select(size => random.Next(2) == 0 ? 1 : size)];
            // Products of a few twos stay exact in every type.
            int rare = 60 + (int)(new Shape(shape).NumElements / 10);
            var values = op == ReduceOp.Prod ? () => random.Next(rare) == 0 ? 2 : 1 : CpuArray.SmallIntegers(random, type);
            var input = CpuArray.Random(random, type, shape, values, repeat: op != ReduceOp.Prod);
            var output = CpuArray.Random(random, outputType, outputShape);
            CpuReduce.Run(new ReduceKernel(op, compute), output.View, input.View);
            string what = $"seed {seed} trial {trial}: {op} {type} {compute} {input.Shape} strides [{string.Join(", ", input.Strides)}] to {output.Shape} strides [{string.Join(", ", output.Strides)}]";
            var expected = new Dictionary<string, double>();
            foreach (long[] i in CpuArray.Indices(shape))
            {
                string key = string.Join(',', i.Select((at, d) => outputShape[d] == 1 ? 0 : at));
                double v = input[i];
                expected[key] = !expected.TryGetValue(key, out double old) ? v : op switch
                {
                    ReduceOp.Sum => old + v,
                    ReduceOp.Prod => old * v,
                    ReduceOp.Max => Math.Max(old, v),
                    _ => Math.Min(old, v),
                };
            }
            foreach (long[] i in CpuArray.Indices(outputShape))
            {
                double empty = op == ReduceOp.Prod ? 1 : 0;
                double want = expected.GetValueOrDefault(string.Join(',', i), empty);
                Assert.True(want == output[i], $"{what} at [{string.Join(", ", i)}]: {output[i]}, not {want}");
            }
        }
    }

    [Theory]
    [InlineData(new long[] { 300000 }, new long[] { 1 })]
    [InlineData(new long[] { 3, 150001 }, new long[] { 3, 1 })]
    [InlineData(new long[] { 150001, 3 }, new long[] { 1, 3 })]
    [InlineData(new long[] { 70001, 10 }, new long[] { 1, 10 })]
    [InlineData(new long[] { 5000, 64 }, new long[] { 1, 64 })]
    [InlineData(new long[] { 300, 1500 }, new long[] { 1, 1500 })]
    [InlineData(new long[] { 40, 16, 25, 25 }, new long[] { 1, 16, 1, 1 })]
    [InlineData(new long[] { 40, 30, 300 }, new long[] { 1, 30, 1 })]
    [InlineData(new long[] { 40, 30, 300 }, new long[] { 40, 1, 300 })]
    [InlineData(new long[] { 700, 30, 30 }, new long[] { 1, 30, 1 })]
    [InlineData(new long[] { 700, 30, 30 }, new long[] { 1, 1, 30 })]
    [InlineData(new long[] { 1000, 2, 150 }, new long[] { 1, 2, 150 })]
    public void LargeShapesCutIntoTasksAddUp(long[] shape, long[] outputShape)
    {
        foreach (var type in (DType[])[DType.Float32, DType.Float16, DType.Int32, DType.Float64])
        {
            var compute = type.ComputeType();
            var input = new CpuArray(type, shape);
            var output = new CpuArray(compute, outputShape);
            var expected = new CpuArray(DType.Float64, outputShape);
            foreach (long[] i in CpuArray.Indices(outputShape)) expected[i] = 0;
            var target = new long[shape.Length];
            long n = 0;
            foreach (long[] i in CpuArray.Indices(shape))
            {
                double v = n++ * 7 % 11 - 5; // integers, so that every order of adding is exact
                input[i] = v;
                for (int d = 0; d < i.Length; d++) target[d] = outputShape[d] == 1 ? 0 : i[d];
                expected[target] += v;
            }
            CpuReduce.Run(new ReduceKernel(ReduceOp.Sum, compute), output.View, input.View);
            foreach (long[] i in CpuArray.Indices(outputShape)) Assert.Equal(expected[i], output[i]);
        }
    }

    [Fact]
    public void LongFloatSumKeepsSixDigits()
    {
        const int n = 1 << 24;
        var input = new CpuArray(DType.Float32, [n]);
        var random = new Random(5);
        double expected = 0;
        for (int i = 0; i < n; i++)
        {
            float v = i % 2 == 0 ? 0.1f : random.NextSingle();
            ((float*)input.View.Data)[i] = v;
            expected += v;
        }
        var output = new CpuArray(DType.Float32, [1]);
        CpuReduce.Run(new ReduceKernel(ReduceOp.Sum, DType.Float32), output.View, input.View);
        Assert.InRange(output[0] / expected, 1 - 5e-7, 1 + 5e-7);
        // The same numbers as columns.
        var columns = new CpuView(input.View.Data, Geometry.Of(new Shape([n / 4, 4]), [4, 1], DType.Float32));
        var sums = new CpuArray(DType.Float32, [1, 4]);
        CpuReduce.Run(new ReduceKernel(ReduceOp.Sum, DType.Float32), sums.View, columns);
        Assert.InRange((sums[0, 0] + sums[0, 1] + sums[0, 2] + sums[0, 3]) / expected, 1 - 5e-7, 1 + 5e-7);
    }

    [Fact]
    public void ASumOfAHundredMillionKeepsSixDigits()
    {
        const long n = 100_000_000;
        float* numbers = (float*)System.Runtime.InteropServices.NativeMemory.Alloc((nuint)n, sizeof(float));
        try
        {
            // A multiplicative generator: added one by one in float32, they would stop at 2^24 or so.
            uint state = 12345;
            double expected = 0;
            for (long i = 0; i < n; i++)
            {
                state = state * 1664525 + 1013904223;
                float v = (state >> 8) * (1f / (1 << 24));
                numbers[i] = v;
                expected += v;
            }
            var output = new CpuArray(DType.Float32, [1]);
            CpuReduce.Run(new ReduceKernel(ReduceOp.Sum, DType.Float32), output.View, new CpuView((byte*)numbers, new Shape([n]).Contiguous(DType.Float32)));
            Assert.InRange(output[0] / expected, 1 - 5e-7, 1 + 5e-7);
            // The same along the first axis.
            var columns = new CpuArray(DType.Float32, [1, 10]);
            CpuReduce.Run(new ReduceKernel(ReduceOp.Sum, DType.Float32), columns.View, new CpuView((byte*)numbers, new Shape([n / 10, 10]).Contiguous(DType.Float32)));
            double sum = 0;
            for (int c = 0; c < 10; c++) sum += columns[0, c];
            Assert.InRange(sum / expected, 1 - 5e-7, 1 + 5e-7);
        }
        finally
        {
            System.Runtime.InteropServices.NativeMemory.Free(numbers);
        }
    }

    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void MaxAndMinPropagateNaN(DType type)
    {
        for (int n = 1; n < 200; n += 7)
        {
            for (int at = 0; at < n; at += 5)
            {
                foreach (var op in (ReduceOp[])[ReduceOp.Max, ReduceOp.Min])
                {
                    var input = new CpuArray(type, [n, 3]);
                    foreach (long[] i in CpuArray.Indices([n, 3])) input[i] = i[0];
                    input[at, 1] = double.NaN;
                    input[n - 1, 2] = double.PositiveInfinity;
                    var output = new CpuArray(type, [1, 3]);
                    CpuReduce.Run(new ReduceKernel(op, type.ComputeType()), output.View, input.View);
                    Assert.Equal(op == ReduceOp.Max ? n - 1 : 0, output[0, 0]);
                    Assert.True(double.IsNaN(output[0, 1]));
                    Assert.Equal(op == ReduceOp.Max || n == 1 ? double.PositiveInfinity : 0, output[0, 2]);
                    // And along rows.
                    var transposed = new CpuView(input.View.Data, Geometry.Of(new Shape([3, n]), [1, 3], type));
                    output = new CpuArray(type, [3, 1]);
                    CpuReduce.Run(new ReduceKernel(op, type.ComputeType()), output.View, transposed);
                    Assert.True(double.IsNaN(output[1, 0]));
                }
            }
        }
    }

    [Fact]
    public void ExtremesOfTheTypesAreExact()
    {
        var longs = new CpuArray(DType.Int64, [2]);
        ((long*)longs.View.Data)[0] = long.MaxValue - 1;
        ((long*)longs.View.Data)[1] = long.MinValue;
        var output = new CpuArray(DType.Int64, [1]);
        CpuReduce.Run(new ReduceKernel(ReduceOp.Max, DType.Float32), output.View, longs.View);
        Assert.Equal(long.MaxValue - 1, *(long*)output.View.Data);
        CpuReduce.Run(new ReduceKernel(ReduceOp.Min, DType.Float32), output.View, longs.View);
        Assert.Equal(long.MinValue, *(long*)output.View.Data);

        var infinite = CpuArray.Of(DType.Float32, double.NegativeInfinity, double.NegativeInfinity);
        var single = new CpuArray(DType.Float32, [1]);
        CpuReduce.Run(new ReduceKernel(ReduceOp.Max, DType.Float32), single.View, infinite.View);
        Assert.Equal(double.NegativeInfinity, single[0]);
    }

    [Fact]
    public void BoolOutputsSayWhetherAnythingIsNotZero()
    {
        var input = CpuArray.Of(DType.Float32, 0, 256, 0);
        var output = new CpuArray(DType.Bool, [1]);
        CpuReduce.Run(new ReduceKernel(ReduceOp.Sum, DType.Float32), output.View, input.View);
        Assert.Equal(1UL, output.Bits(0));
        CpuReduce.Run(new ReduceKernel(ReduceOp.Prod, DType.Float32), output.View, input.View);
        Assert.Equal(0UL, output.Bits(0));
    }

    [Fact]
    public void EveryHalfWidensExactly()
    {
        var halves = new CpuArray(DType.Float16, [65536]);
        float* floats = stackalloc float[65536];
        for (int i = 0; i < 65536; i++) ((ushort*)halves.View.Data)[i] = (ushort)i;
        CpuElement.Load(DType.Float16, halves.View.Data, 1, floats, 65536);
        for (int i = 0; i < 65536; i++)
        {
            float want = (float)BitConverter.UInt16BitsToHalf((ushort)i);
            Assert.True(float.IsNaN(want) ? float.IsNaN(floats[i]) : BitConverter.SingleToUInt32Bits(want) == BitConverter.SingleToUInt32Bits(floats[i]), $"{i:x4}: {floats[i]}, not {want}");
        }
    }

    [Fact]
    public void VectorWidthDoesNotChangeTheBits()
    {
        var random = new Random(11);
        float* data = stackalloc float[1024];
        for (int i = 0; i < 1024; i++) data[i] = random.NextSingle() - 0.5f;
        for (int count = 16; count <= 1024; count++)
        {
            int groups = count / 16 * 16;
            float narrow = CpuReduction<float, SumReduction<float>>.FoldLast(CpuReduction<float, SumReduction<float>>.BlockOf128(data, count / 64 * 64, groups));
            Assert.Equal(narrow, CpuReduction<float, SumReduction<float>>.Block(data, groups));
        }
    }

    [Fact]
    public void RefusesWhatItCannotDo()
    {
        var input = new CpuArray(DType.Float32, [3, 0]);
        var output = new CpuArray(DType.Float32, [3, 1]);
        output[1, 0] = 7;
        Assert.Throws<ArgumentException>(() => CpuReduce.Run(new ReduceKernel(ReduceOp.Max, DType.Float32), output.View, input.View));
        Assert.Throws<ArgumentException>(() => CpuReduce.Run(new ReduceKernel(ReduceOp.Sum, DType.Float16), output.View, input.View));
        Assert.Throws<ArgumentException>(() => CpuReduce.Run(new ReduceKernel(ReduceOp.Sum, DType.Float32), new CpuArray(DType.Float32, [3]).View, input.View));
        Assert.Throws<ArgumentException>(() => CpuReduce.Run(new ReduceKernel(ReduceOp.Sum, DType.Float32), new CpuArray(DType.Float32, [2, 1]).View, input.View));
        Assert.Equal(7, output[1, 0]);
    }
}
