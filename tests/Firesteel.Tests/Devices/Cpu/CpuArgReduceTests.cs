namespace Firesteel.Tests.Devices.Cpu;

public class CpuArgReduceTests
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
            var type = CpuArray.AllTypes[random.Next(10)];
            int maxSize = random.Next(3) == 0 ? 40 : 6;
            long[] shape = CpuArray.RandomShape(random, maxSize > 6 ? 2 : 5, maxSize > 6 ? 120 : maxSize, empty: false);
            if (shape.Length == 0) shape = [random.Next(1, 3000)];
            int dim = random.Next(shape.Length);
            bool max = random.Next(2) == 0, nans = type.IsFloatingPoint() && random.Next(2) == 0;
            var integers = CpuArray.SmallIntegers(random, type);
            var input = CpuArray.Random(random, type, shape, () => nans && random.Next(10) == 0 ? double.NaN : integers(), repeat: true);
            long[] outputShape = CpuArray.With(shape, dim, 1);
            CpuArray values = CpuArray.Random(random, type, outputShape), indices = CpuArray.Random(random, DType.Int64, outputShape);
            CpuArgReduce.Run(new ArgReduceKernel(max, dim), values.View, indices.View, input.View);
            foreach (long[] i in CpuArray.Indices(outputShape))
            {
                long best = 0;
                for (long j = 1; j < shape[dim]; j++)
                {
                    double old = input[CpuArray.With(i, dim, best)], v = input[CpuArray.With(i, dim, j)];
                    if (double.IsNaN(old)) break;
                    if (double.IsNaN(v) || (max ? v > old : v < old)) best = j;
                }
                string what = $"seed {seed} trial {trial}: {(max ? "max" : "min")} {type} {input.Shape} strides [{string.Join(", ", input.Strides)}] dim {dim} at [{string.Join(", ", i)}]";
                Assert.True(best == indices[i], $"{what}: {indices[i]}, not {best}");
                Assert.True(input.Bits(CpuArray.With(i, dim, best)) == values.Bits(i) || double.IsNaN(values[i]) && double.IsNaN(input[CpuArray.With(i, dim, best)]), $"{what}: wrong value {values[i]}");
            }
        }
    }

    [Fact]
    public unsafe void LongRowsAreCutIntoTasks()
    {
        const int n = 200_000;
        var input = new CpuArray(DType.Float32, [2, n]);
        CpuArray values = new(DType.Float32, [2, 1]), indices = new(DType.Int64, [2, 1]);
        foreach (int at in (int[])[0, 65535, 65536, 131072, 199_999])
        {
            float* data = (float*)input.View.Data;
            for (int i = 0; i < 2 * n; i++) data[i] = i % 1000;
            data[at] = 1000;
            data[n - 1] = 1000; // an equal later one must not win
            data[n + at] = float.NaN;
            data[2 * n - 1] = float.NaN;
            CpuArgReduce.Run(new ArgReduceKernel(true, 1), values.View, indices.View, input.View);
            Assert.Equal([at, at], [indices[0, 0], indices[1, 0]]);
            Assert.Equal(1000, values[0, 0]);
            Assert.True(double.IsNaN(values[1, 0]));
            CpuArgReduce.Run(new ArgReduceKernel(false, 1), values.View, indices.View, input.View);
            Assert.Equal(at == 0 ? 1000 : 0, indices[0, 0]);
            Assert.Equal(at, indices[1, 0]);
        }
    }

    [Fact]
    public void ZerosOfBothSignsAreEqual()
    {
        var input = CpuArray.Of(DType.Float32, -1, -0.0, 0.0, -0.0);
        CpuArray value = new(DType.Float32, [1]), index = new(DType.Int64, [1]);
        CpuArgReduce.Run(new ArgReduceKernel(true, 0), value.View, index.View, input.View);
        Assert.Equal(1, index[0]);
        Assert.Equal(0x80000000UL, value.Bits(0));
    }

    [Fact]
    public void RefusesAnEmptyDimension()
    {
        CpuArray input = new(DType.Float32, [2, 0]), value = new(DType.Float32, [2, 1]), index = new(DType.Int64, [2, 1]);
        Assert.Throws<ArgumentException>(() => CpuArgReduce.Run(new ArgReduceKernel(true, 1), value.View, index.View, input.View));
        // No outputs: nothing to find.
        CpuArgReduce.Run(new ArgReduceKernel(true, 0), new CpuArray(DType.Float32, [1, 0]).View, new CpuArray(DType.Int64, [1, 0]).View, input.View);
        Assert.Throws<ArgumentException>(() => CpuArgReduce.Run(new ArgReduceKernel(true, 0), new CpuArray(DType.Float32, [1, 2]).View, new CpuArray(DType.Int32, [1, 2]).View, new CpuArray(DType.Float32, [3, 2]).View));
    }
}
