namespace Firesteel.Tests.Devices.Cpu;

public class CpuGatherTests
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
            bool large = random.Next(3) == 0;
            long[] shape = CpuArray.RandomShape(random, large ? 2 : 4, large ? 30 : 6);
            if (shape.Length == 0) shape = [random.Next(10) == 0 ? 40_000 : random.Next(1, 2000)];
            int dim = random.Next(shape.Length);
            long[] xShape = [.. shape.Select((size, d) => d == dim ? random.Next(1, 8) : size + random.Next(2))];
            var x = CpuArray.Random(random, type, xShape, CpuArray.SmallIntegers(random, type), repeat: true);
            // Written element by element, a repeated index holds what was written last: valid all the same.
            var index = CpuArray.Random(random, DType.Int64, shape, () => random.Next((int)xShape[dim]), repeat: true);
            if (random.Next(2) == 0) index = Repeated(random, shape, dim, (int)xShape[dim]);
            var output = CpuArray.Random(random, type, shape);
            CpuGather.Run(new GatherKernel(dim), output.View, x.View, index.View);
            foreach (long[] i in CpuArray.Indices(shape))
            {
                Assert.True(x.Bits(CpuArray.With(i, dim, (long)index[i])) == output.Bits(i), $"seed {seed} trial {trial}: {type} {x.Shape} by {index.Shape} strides [{string.Join(", ", index.Strides)}] dim {dim} at [{string.Join(", ", i)}]");
            }
        }
    }

    /// <summary>An index that moves along one dimension only, as index_select and embedding make it.</summary>
    internal static CpuArray Repeated(Random random, long[] shape, int dim, int size)
    {
        var strides = new long[shape.Length];
        strides[dim] = 1;
        var index = new CpuArray(DType.Int64, shape, strides);
        if (index.Shape.NumElements > 0)
        {
            for (long j = 0; j < shape[dim]; j++) index[CpuArray.With(new long[shape.Length], dim, j)] = random.Next(size);
        }
        return index;
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-1)]
    [InlineData(3)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    public unsafe void AnIndexOutOfBoundsWritesNothing(long bad)
    {
        foreach (int at in (int[])[0, 3, 4, 10])
        {
            CpuArray x = CpuArray.Of(DType.Float32, 1, 2, 3), index = new(DType.Int64, [11]), output = new(DType.Float32, [11]);
            for (int i = 0; i < 11; i++)
            {
                index[i] = i % 3;
                output[i] = 9;
            }
            ((long*)index.View.Data)[at] = bad;
            var error = Assert.Throws<IndexOutOfRangeException>(() => CpuGather.Run(new GatherKernel(0), output.View, x.View, index.View));
            Assert.Equal($"index {bad} is out of bounds for dimension 0 with size 3", error.Message);
            for (int i = 0; i < 11; i++) Assert.Equal(9, output[i]);
        }
    }

    [Fact]
    public void NothingCanBeTakenFromNothing()
    {
        CpuArray x = new(DType.Float32, [0, 2]), index = new(DType.Int64, [1, 2]), output = new(DType.Float32, [1, 2]);
        foreach (long[] i in CpuArray.Indices([1, 2])) index[i] = 0;
        Assert.Throws<IndexOutOfRangeException>(() => CpuGather.Run(new GatherKernel(0), output.View, x.View, index.View));
        CpuGather.Run(new GatherKernel(0), new CpuArray(DType.Float32, [0, 2]).View, x.View, new CpuArray(DType.Int64, [0, 2]).View);
    }

    [Fact]
    public void ZeroDimensional()
    {
        CpuArray x = new(DType.Int16, []), index = new(DType.Int64, []), output = new(DType.Int16, []);
        x[[]] = 7;
        index[[]] = 0;
        CpuGather.Run(new GatherKernel(0), output.View, x.View, index.View);
        Assert.Equal(7, output[[]]);
        index[[]] = 1;
        Assert.Throws<IndexOutOfRangeException>(() => CpuGather.Run(new GatherKernel(0), output.View, x.View, index.View));
    }

    [Fact]
    public void RefusesOtherTypesAndShapes()
    {
        CpuArray x = new(DType.Float32, [3, 2]), index = new(DType.Int64, [1, 2]);
        foreach (long[] i in CpuArray.Indices([1, 2])) index[i] = 0;
        Assert.Throws<ArgumentException>(() => CpuGather.Run(new GatherKernel(0), new CpuArray(DType.Float64, [1, 2]).View, x.View, index.View));
        Assert.Throws<ArgumentException>(() => CpuGather.Run(new GatherKernel(0), new CpuArray(DType.Float32, [2, 2]).View, x.View, index.View));
        Assert.Throws<ArgumentException>(() => CpuGather.Run(new GatherKernel(0), new CpuArray(DType.Float32, [1, 2]).View, x.View, new CpuArray(DType.Int32, [1, 2]).View));
        Assert.Throws<ArgumentException>(() => CpuGather.Run(new GatherKernel(0), new CpuArray(DType.Float32, [1, 2]).View, new CpuArray(DType.Float32, [3, 1]).View, index.View));
    }
}
