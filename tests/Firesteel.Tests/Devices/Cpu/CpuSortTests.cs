namespace Firesteel.Tests.Devices.Cpu;

public class CpuSortTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void MatchesAStableSortByComparison(int seed)
    {
        var random = new Random(seed);
        for (int trial = 0; trial < 300; trial++)
        {
            var type = CpuArray.AllTypes[random.Next(10)];
            bool large = random.Next(3) == 0;
            long[] shape = CpuArray.RandomShape(random, large ? 2 : 4, large ? 40 : 6);
            if (shape.Length == 0) shape = [random.Next(1, 3000)];
            int dim = random.Next(shape.Length);
            bool descending = random.Next(2) == 0, wild = random.Next(2) == 0;
            var integers = CpuArray.SmallIntegers(random, type);
            var input = CpuArray.Random(random, type, shape, wild ? () => Wild(random, type) : integers, repeat: true);
            CpuArray values = CpuArray.Random(random, type, shape), indices = CpuArray.Random(random, DType.Int64, shape);
            CpuSort.Run(new SortKernel(dim, descending), values.View, indices.View, input.View);
            if (values.Shape.NumElements == 0) continue;
            foreach (long[] first in CpuArray.Indices(CpuArray.With(shape, dim, 1)))
            {
                var line = Enumerable.Range(0, (int)shape[dim]).Select(j => (Value: input[CpuArray.With(first, dim, j)], Position: j));
                // OrderBy is stable; the comparison knows NaN as the largest and both zeros as equal.
                var comparer = Comparer<double>.Create((a, b) => double.IsNaN(a) ? (double.IsNaN(b) ? 0 : 1) : double.IsNaN(b) ? -1 : a < b ? -1 : a > b ? 1 : 0);
                int[] expected = [.. (descending ? line.OrderByDescending(e => e.Value, comparer) : line.OrderBy(e => e.Value, comparer)).Select(e => e.Position)];
                for (int j = 0; j < expected.Length; j++)
                {
                    long[] i = CpuArray.With(first, dim, j);
                    string what = $"seed {seed} trial {trial}: {type} {input.Shape} strides [{string.Join(", ", input.Strides)}] dim {dim} {(descending ? "descending" : "")} at [{string.Join(", ", i)}]";
                    Assert.True(expected[j] == indices[i], $"{what}: {indices[i]}, not {expected[j]}");
                    Assert.True(input.Bits(CpuArray.With(first, dim, expected[j])) == values.Bits(i), $"{what}: value {values[i]}");
                }
            }
        }
    }

    private static double Wild(Random random, DType type)
    {
        if (type == DType.Bool) return random.Next(2);
        if (!type.IsFloatingPoint())
        {
            var (min, max) = type.IntegerRange();
            return type == DType.Int64 ? random.NextInt64(-(1L << 53), 1L << 53) : random.NextInt64(min, max + 1);
        }
        return random.Next(8) switch
        {
            0 => double.NaN,
            1 => double.PositiveInfinity,
            2 => double.NegativeInfinity,
            3 => 0.0,
            4 => -0.0,
            _ => Math.Exp(random.NextDouble() * 20 - 10) * (random.Next(2) * 2 - 1),
        };
    }

    // Expected values from PyTorch 1.13.
    [Fact]
    public void OrderOfSpecialValues()
    {
        double nan = double.NaN, inf = double.PositiveInfinity;
        CpuArray input = CpuArray.Of(DType.Float32, 3, nan, -0.0, 0, inf, 1, 3, -inf, nan, -0.0), values = new(DType.Float32, [10]), indices = new(DType.Int64, [10]);
        CpuSort.Run(new SortKernel(0, false), values.View, indices.View, input.View);
        Assert.Equal([7, 2, 3, 9, 5, 0, 6, 4, 1, 8], Enumerable.Range(0, 10).Select(i => (int)indices[i]));
        CpuSort.Run(new SortKernel(0, true), values.View, indices.View, input.View);
        Assert.Equal([1, 8, 4, 0, 6, 5, 2, 3, 9, 7], Enumerable.Range(0, 10).Select(i => (int)indices[i]));
    }

    [Fact]
    public unsafe void ExtremesOfInt64()
    {
        CpuArray input = new(DType.Int64, [4]), values = new(DType.Int64, [4]), indices = new(DType.Int64, [4]);
        long[] numbers = [long.MaxValue, long.MinValue, long.MaxValue - 1, 0];
        numbers.CopyTo(new Span<long>(input.View.Data, 4));
        CpuSort.Run(new SortKernel(0, false), values.View, indices.View, input.View);
        Assert.Equal([long.MinValue, 0, long.MaxValue - 1, long.MaxValue], new ReadOnlySpan<long>(values.View.Data, 4).ToArray());
        Assert.Equal([1, 3, 2, 0], new ReadOnlySpan<long>(indices.View.Data, 4).ToArray());
    }

    [Fact]
    public void ZeroDimensional()
    {
        CpuArray input = new(DType.Float64, []), values = new(DType.Float64, []), indices = new(DType.Int64, []);
        input[[]] = 3;
        CpuSort.Run(new SortKernel(0, false), values.View, indices.View, input.View);
        Assert.Equal((3, 0), (values[[]], indices[[]]));
    }

    [Fact]
    public void RefusesOtherTypesAndShapes()
    {
        CpuArray input = CpuArray.Of(DType.Float32, 2, 1), indices = CpuArray.Of(DType.Int64, 5, 5);
        Assert.Throws<ArgumentException>(() => CpuSort.Run(new SortKernel(0, false), CpuArray.Of(DType.Float64, 1, 2).View, indices.View, input.View));
        Assert.Throws<ArgumentException>(() => CpuSort.Run(new SortKernel(0, false), input.View, input.View, input.View));
        Assert.Throws<ArgumentException>(() => CpuSort.Run(new SortKernel(0, false), CpuArray.Of(DType.Float32, 1).View, indices.View, input.View));
        Assert.Equal([2, 1], [input[0], input[1]]);
    }
}
