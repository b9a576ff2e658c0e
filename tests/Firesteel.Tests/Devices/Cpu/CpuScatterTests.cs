namespace Firesteel.Tests.Devices.Cpu;

public class CpuScatterTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void MatchesNaiveLoops(int seed)
    {
        var random = new Random(seed);
        for (int trial = 0; trial < 500; trial++)
        {
            var type = CpuArray.AllTypes[random.Next(10)];
            var op = (ScatterOp)random.Next(type == DType.Bool ? 2 : 5);
            bool large = random.Next(3) == 0;
            long[] shape = CpuArray.RandomShape(random, large ? 2 : 4, large ? 30 : 6);
            if (shape.Length == 0) shape = [random.Next(1, 2000)];
            int dim = random.Next(shape.Length);
            long[] outputShape = [.. shape.Select((size, d) => d == dim ? random.Next(1, 8) : size + random.Next(2))];
            long[] sourceShape = [.. shape.Select(size => size + random.Next(2))];
            // Products stay exact: mostly ones.
            Func<double> values = op == ScatterOp.Multiply ? () => random.Next(20) == 0 ? 2 : 1 : CpuArray.SmallIntegers(random, type);
            if (op == ScatterOp.Add && type is DType.UInt8 or DType.Int8 or DType.Float16 or DType.BFloat16) values = () => random.Next(30) == 0 ? 1 : 0;
            var output = CpuArray.Random(random, type, outputShape, values);
            var index = random.Next(2) == 0 ? CpuGatherTests.Repeated(random, shape, dim, (int)outputShape[dim]) : CpuArray.Random(random, DType.Int64, shape, () => random.Next((int)outputShape[dim]), repeat: true);
            var source = CpuArray.Random(random, type, sourceShape, values, repeat: true);
            bool number = random.Next(4) == 0;
            double scalar = values();
            Scalar given = random.Next(2) == 0 || type == DType.Bool ? (long)scalar : scalar;
            if (type == DType.Bool) given = scalar != 0;

            var expected = new CpuArray(DType.Float64, outputShape);
            foreach (long[] i in CpuArray.Indices(outputShape)) expected[i] = output[i];
            foreach (long[] i in CpuArray.Indices(shape))
            {
                long[] to = CpuArray.With(i, dim, (long)index[i]);
                double v = number ? scalar : source[i], old = expected[to];
                expected[to] = op switch
                {
                    ScatterOp.Write => v,
                    ScatterOp.Add => type == DType.Bool ? Math.Min(1, old + v) : old + v,
                    ScatterOp.Multiply => old * v,
                    ScatterOp.Max => Math.Max(old, v),
                    _ => Math.Min(old, v),
                };
            }
            if (op == ScatterOp.Multiply && type == DType.UInt8 && CpuArray.Indices(outputShape).Any(i => expected[i] > 255)) continue;
            if (op == ScatterOp.Multiply && type is DType.Int8 && CpuArray.Indices(outputShape).Any(i => expected[i] > 127)) continue;
            if (op == ScatterOp.Multiply && CpuArray.Indices(outputShape).Any(i => expected[i] > 30000)) continue;
            CpuScatter.Run(new ScatterKernel(dim, op), output.View, index.View, number ? new CpuView(given) : source.View);
            foreach (long[] i in CpuArray.Indices(outputShape))
            {
                Assert.True(expected[i] == output[i], $"seed {seed} trial {trial}: {op} {type} {source.Shape} {(number ? "number" : "")} by {index.Shape} strides [{string.Join(", ", index.Strides)}] into {output.Shape} strides [{string.Join(", ", output.Strides)}] dim {dim} at [{string.Join(", ", i)}]: {output[i]}, not {expected[i]}");
            }
        }
    }

    [Fact]
    public void AddsInTheOrderOfTheSource()
    {
        // 1e8 + 1 - 1e8 in float32 is 0 in this order and 1 in others.
        CpuArray index = new(DType.Int64, [3, 2], [1, 0]), source = new(DType.Float32, [3, 2]), output = new(DType.Float32, [1, 2]);
        double[] rows = [1e8, 1, -1e8];
        foreach (long[] i in CpuArray.Indices([3, 2]))
        {
            index[i] = 0;
            source[i] = rows[i[0]];
        }
        output[0, 0] = output[0, 1] = 0;
        CpuScatter.Run(new ScatterKernel(0, ScatterOp.Add), output.View, index.View, source.View);
        Assert.Equal([0, 0], [output[0, 0], output[0, 1]]);
        CpuScatter.Run(new ScatterKernel(0, ScatterOp.Write), output.View, index.View, source.View);
        Assert.Equal(-1e8, output[0, 1]);
    }

    [Fact]
    public unsafe void WideRowsOverManyIndices()
    {
        const int rows = 3000, width = 700, size = 50;
        CpuArray index = new(DType.Int64, [rows, width], [1, 0]), source = new(DType.Float32, [rows, width]), output = new(DType.Float32, [size, width]);
        new Span<float>(output.View.Data, size * width).Clear();
        var expected = new float[size * width];
        var random = new Random(3);
        for (int r = 0; r < rows; r++)
        {
            int to = random.Next(size);
            ((long*)index.View.Data)[r] = to;
            for (int c = 0; c < width; c++)
            {
                float v = random.NextSingle();
                ((float*)source.View.Data)[r * width + c] = v;
                expected[to * width + c] += v; // the same order, so the same bits
            }
        }
        CpuScatter.Run(new ScatterKernel(0, ScatterOp.Add), output.View, index.View, source.View);
        Assert.True(expected.AsSpan().SequenceEqual(new ReadOnlySpan<float>(output.View.Data, size * width)));
    }

    [Theory]
    [InlineData(DType.Float16)]
    [InlineData(DType.BFloat16)]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void MaxAndMinPropagateNaN(DType type)
    {
        foreach (var op in (ScatterOp[])[ScatterOp.Max, ScatterOp.Min])
        {
            CpuArray index = CpuArray.Of(DType.Int64, 0, 0, 1), source = CpuArray.Of(type, double.NaN, 1, 1), output = CpuArray.Of(type, 0, double.NaN);
            CpuScatter.Run(new ScatterKernel(0, op), output.View, index.View, source.View);
            Assert.True(double.IsNaN(output[0]) && double.IsNaN(output[1]));
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-1)]
    public void AnIndexOutOfBoundsWritesNothing(int bad)
    {
        CpuArray index = CpuArray.Of(DType.Int64, 0, 1, 1, 0, 1, bad), source = CpuArray.Of(DType.Float32, 1, 2, 3, 4, 5, 6), output = CpuArray.Of(DType.Float32, 7, 8);
        var error = Assert.Throws<IndexOutOfRangeException>(() => CpuScatter.Run(new ScatterKernel(0, ScatterOp.Add), output.View, index.View, source.View));
        Assert.Equal($"index {bad} is out of bounds for dimension 0 with size 2", error.Message);
        Assert.Equal([7, 8], [output[0], output[1]]);
    }

    [Fact]
    public void ZeroDimensional()
    {
        CpuArray index = new(DType.Int64, []), source = new(DType.Int32, []), output = new(DType.Int32, []);
        (index[[]], source[[]], output[[]]) = (0, 3, 4);
        CpuScatter.Run(new ScatterKernel(0, ScatterOp.Add), output.View, index.View, source.View);
        Assert.Equal(7, output[[]]);
    }

    [Fact]
    public void RefusesWhatItCannotDo()
    {
        CpuArray index = CpuArray.Of(DType.Int64, 0), output = CpuArray.Of(DType.Float32, 1), flags = CpuArray.Of(DType.Bool, 1);
        Assert.Throws<NotSupportedException>(() => CpuScatter.Run(new ScatterKernel(0, ScatterOp.Multiply), flags.View, index.View, flags.View));
        Assert.Throws<ArgumentException>(() => CpuScatter.Run(new ScatterKernel(0, ScatterOp.Add), output.View, index.View, flags.View));
        Assert.Throws<ArgumentException>(() => CpuScatter.Run(new ScatterKernel(0, ScatterOp.Add), output.View, CpuArray.Of(DType.Int64, 0, 0).View, output.View));
        Assert.Throws<ArgumentException>(() => CpuScatter.Run(new ScatterKernel(0, ScatterOp.Add), output.View, CpuArray.Of(DType.Int32, 0).View, output.View));
        Assert.Throws<ArgumentException>(() => CpuScatter.Run(new ScatterKernel(0, ScatterOp.Add), new CpuArray(DType.Float32, [1, 1]).View, index.View, output.View));
        Assert.Equal(1, output[0]);
    }
}
