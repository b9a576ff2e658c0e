namespace Firesteel.Tests.Devices.Cpu;

public class CpuScanTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void MatchesNaiveLoops(int seed)
    {
        var random = new Random(seed);
        for (int trial = 0; trial < 400; trial++)
        {
            var op = (ScanOp)random.Next(4);
            var type = CpuArray.AllTypes[random.Next(10)];
            var outputType = op is ScanOp.Max or ScanOp.Min ? type : (DType)(random.Next(2) == 0 ? DType.Int64 : DType.Float64);
            bool large = random.Next(3) == 0;
            long[] shape = CpuArray.RandomShape(random, large ? 2 : 4, large ? 30 : 6);
            if (shape.Length == 0) shape = [random.Next(1, 700)];
            int dim = random.Next(shape.Length);
            bool nans = type.IsFloatingPoint() && op is ScanOp.Max or ScanOp.Min && type.IsFloatingPoint() && random.Next(2) == 0;
            Func<double> integers = op == ScanOp.Prod ? () => random.Next(60) == 0 ? 2 : 1 : CpuArray.SmallIntegers(random, type);
            var input = CpuArray.Random(random, type, shape, () => nans && random.Next(20) == 0 ? double.NaN : integers(), repeat: true);
            CpuArray output = CpuArray.Random(random, outputType, shape), indices = CpuArray.Random(random, DType.Int64, shape);
            CpuScan.Run(new ScanKernel(op, dim), op is ScanOp.Max or ScanOp.Min ? [output.View, indices.View] : [output.View], input.View);
            foreach (long[] i in CpuArray.Indices(shape))
            {
                string what = $"seed {seed} trial {trial}: {op} {type} to {outputType} {input.Shape} strides [{string.Join(", ", input.Strides)}] dim {dim} at [{string.Join(", ", i)}]";
                double running = input[CpuArray.With(i, dim, 0)];
                long at = 0;
                for (long j = 1; j <= i[dim]; j++)
                {
                    double v = input[CpuArray.With(i, dim, j)];
                    if (op == ScanOp.Sum) running += v;
                    else if (op == ScanOp.Prod) running *= v;
                    else if (double.IsNaN(v) || (op == ScanOp.Max ? v >= running : v <= running)) (running, at) = (v, j);
                }
                Assert.True(running.Equals(output[i]), $"{what}: {output[i]}, not {running}");
                if (op is ScanOp.Max or ScanOp.Min) Assert.True(at == indices[i], $"{what}: position {indices[i]}, not {at}");
            }
        }
    }

    // Expected values from PyTorch 1.13.
    [Fact]
    public void SumsRoundAtEveryElementFromFloat64()
    {
        Check(ScanOp.Sum, DType.Float32, [1e8, 1, 1, 1, 1, 1, 1, 1, 1, -1e8], [100000000, 100000000, 100000000, 100000000, 100000000, 100000008, 100000008, 100000008, 100000008, 8]);
        double tenth = 0.10009765625;
        Check(ScanOp.Sum, DType.BFloat16, [.. Enumerable.Repeat(tenth, 12)], [0.10009765625, 0.2001953125, 0.30078125, 0.400390625, 0.5, 0.6015625, 0.69921875, 0.80078125, 0.90234375, 1.0, 1.1015625, 1.203125]);
    }

    [Fact]
    public void Products() => Check(ScanOp.Prod, DType.Float32,
        [1.1f, 1.2f, 1.3f, 0.7f, 3.3f, 1.1f, 1.2f, 1.3f, 0.7f, 3.3f],
        [1.100000023841858, 1.3200000524520874, 1.7160000801086426, 1.201200008392334, 3.9639599323272705, 4.360355854034424, 5.232427597045898, 6.802155494689941, 4.761508941650391, 15.71297836303711]);

    [Fact]
    public void LogCumSumExp()
    {
        double inf = double.PositiveInfinity;
        Check(ScanOp.LogSumExp, DType.Float32, [0.1f, -3, 2.5, -inf, 4, 100, 99.5], [0.10000000149011612, 0.14406396448612213, 2.590575933456421, 2.590575933456421, 4.218560218811035, 100.0, 100.47407531738281]);
        Check(ScanOp.LogSumExp, DType.Float64, [0.1f, -3, 2.5, -inf, 4, 100, 99.5], [0.10000000149011612, 0.14406396936445515, 2.590576013906767, 2.590576013906767, 4.2185602267828, 100.0, 100.4740769841801], 1e-15);
        Check(ScanOp.LogSumExp, DType.Float32, [-inf, -inf, 1, inf, 2, inf], [-inf, -inf, 1, inf, inf, inf]);
        Check(ScanOp.LogSumExp, DType.Float32, [double.NaN, 1], [double.NaN, double.NaN]);
        Check(ScanOp.LogSumExp, DType.Float64, [0, -40], [0, 4.248354255291589e-18]);
    }

    [Fact]
    public void RunningExtremes()
    {
        double nan = double.NaN;
        CpuArray input = CpuArray.Of(DType.Float32, 1, 3, 3, nan, 5, nan, 6), output = new(DType.Float32, [7]), indices = new(DType.Int64, [7]);
        CpuScan.Run(new ScanKernel(ScanOp.Max, 0), [output.View, indices.View], input.View);
        Assert.Equal([1, 3, 3, nan, nan, nan, nan], Values(output));
        Assert.Equal([0, 1, 2, 3, 3, 5, 5], Values(indices));
        CpuScan.Run(new ScanKernel(ScanOp.Min, 0), [output.View, indices.View], input.View);
        Assert.Equal([1, 1, 1, nan, nan, nan, nan], Values(output));
        Assert.Equal([0, 0, 0, 3, 3, 5, 5], Values(indices));
    }

    [Fact]
    public void ZeroDimensional()
    {
        CpuArray input = new(DType.Float32, []), output = new(DType.Float32, []);
        input[[]] = 3;
        CpuScan.Run(new ScanKernel(ScanOp.Sum, 0), [output.View], input.View);
        Assert.Equal(3, output[[]]);
    }

    [Fact]
    public void RefusesWhatItCannotDo()
    {
        CpuArray input = CpuArray.Of(DType.Float32, 1, 2), integers = CpuArray.Of(DType.Int64, 1, 2);
        Assert.Throws<ArgumentException>(() => CpuScan.Run(new ScanKernel(ScanOp.Max, 0), [input.View], input.View));
        Assert.Throws<ArgumentException>(() => CpuScan.Run(new ScanKernel(ScanOp.Max, 0), [integers.View, integers.View], input.View));
        Assert.Throws<ArgumentException>(() => CpuScan.Run(new ScanKernel(ScanOp.LogSumExp, 0), [integers.View], input.View));
        Assert.Throws<ArgumentException>(() => CpuScan.Run(new ScanKernel(ScanOp.Sum, 0), [CpuArray.Of(DType.Float32, 5).View], input.View));
    }

    private static double[] Values(CpuArray array) => [.. CpuArray.Indices([array.Shape[0]]).Select(i => array[i])];

    private static void Check(ScanOp op, DType type, double[] input, double[] expected, double relative = 0)
    {
        var output = new CpuArray(type, [input.Length]);
        CpuScan.Run(new ScanKernel(op, 0), [output.View], CpuArray.Of(type, input).View);
        double[] values = Values(output);
        if (relative == 0) Assert.Equal(expected, values);
        for (int i = 0; i < values.Length; i++)
        {
            if (relative > 0) Assert.True(values[i] == expected[i] || Math.Abs(values[i] - expected[i]) <= relative * Math.Abs(expected[i]), $"{i}: {values[i]:R}, not {expected[i]:R}");
        }
    }
}
