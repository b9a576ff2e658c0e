namespace Firesteel.Tests.Devices.Cpu;

/// <summary>The sum pool kernel against its definition, on any dtype, strides and number of threads.</summary>
public class CpuSumPoolTests
{
    private const int Seed = 51515;

    private static SumPoolKernel Kernel(PoolCase c) => new(false, c.Window, c.Stride, c.Dilation);

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    [InlineData(DType.BFloat16)]
    [InlineData(DType.Float16)]
    [InlineData(DType.Int64)]
    [InlineData(DType.Int32)]
    public void EqualsTheDefinition(DType dtype)
    {
        var random = new Random(Seed);
        for (int round = 0; round < 120; round++)
        {
            var c = PoolCase.Draw(random);
            var kernel = Kernel(c);
            bool strided = random.Next(2) == 0;
            string what = $"seed {Seed}, round {round}, {dtype}, {c}";
            TestBuffer image = PoolCase.Buffer(dtype, c.Image, random, strided), sums = PoolCase.Buffer(dtype, c.Windows, null, strided), g = PoolCase.Buffer(dtype, c.Windows, random, strided), gradient = PoolCase.Buffer(dtype, c.Image, null, strided);
            // Small integers: all sums are exact.
            foreach (var index in TestBuffer.Indices(c.Image)) image[index] = random.Next(8);
            foreach (var index in TestBuffer.Indices(c.Windows)) g[index] = random.Next(4);
            Device.Cpu.Run(new KernelCall(kernel, [sums.View], [image.View]));
            Device.Cpu.Run(new KernelCall(kernel with { Gradient = true }, [gradient.View], [g.View]));
            var expected = new Dictionary<string, double>();
            foreach (var window in TestBuffer.Indices(c.Windows))
            {
                double sum = 0;
                foreach (var element in c.Elements(window))
                {
                    sum += image[element];
                    string key = string.Join(",", element);
                    expected[key] = expected.GetValueOrDefault(key) + g[window];
                }
                Assert.True(sum == sums[window], $"{what}: [{string.Join(", ", window)}] is {sums[window]}, expected {sum}");
            }
            foreach (var index in TestBuffer.Indices(c.Image))
                Assert.True(expected.GetValueOrDefault(string.Join(",", index)) == gradient[index], $"{what}: gradient [{string.Join(", ", index)}] is {gradient[index]}");
            PoolCase.AssertNothingElseWritten(sums, gradient);
        }
    }

    [Fact]
    public void AnInfinityReachesItsOwnWindowsOnly()
    {
        var image = new TestBuffer(DType.Float32, [1, 4, 12], Shape.Create([1, 4, 12]).ContiguousStrides, null);
        foreach (var index in TestBuffer.Indices([1, 4, 12])) image[index] = index[2];
        image[[0, 1, 5]] = double.PositiveInfinity;
        image[[0, 3, 11]] = double.NaN; // no window has it
        var sums = new TestBuffer(DType.Float32, [1, 1, 3], Shape.Create([1, 1, 3]).ContiguousStrides, null);
        Device.Cpu.Run(new KernelCall(new SumPoolKernel(false, [2, 2], [4, 4], [1, 1]), [sums.View], [image.View]));
        Assert.Equal([2, double.PositiveInfinity, 34], TestBuffer.Indices([1, 1, 3]).Select(index => sums[index]));
    }

    [Fact]
    public void TheSameBitsOnAnyNumberOfThreads()
    {
        var random = new Random(Seed);
        var c = new PoolCase([6, 8, 20, 31], [6, 8, 18, 15], [3, 3], [1, 2], [1, 1]);
        var kernel = Kernel(c);
        TestBuffer image = PoolCase.Buffer(DType.Float32, c.Image, random, false), g = PoolCase.Buffer(DType.Float32, c.Windows, random, false);
        byte[]? first = null;
        CpuThreadsTests.WithThreads(
            count =>
            {
                TestBuffer sums = PoolCase.Buffer(DType.Float32, c.Windows, null, false), gradient = PoolCase.Buffer(DType.Float32, c.Image, null, false);
                Device.Cpu.Run(new KernelCall(kernel, [sums.View], [image.View]));
                Device.Cpu.Run(new KernelCall(kernel with { Gradient = true }, [gradient.View], [g.View]));
                byte[] all = [.. sums.Bytes, .. gradient.Bytes];
                first ??= all;
                Assert.True(first.AsSpan().SequenceEqual(all), $"seed {Seed}: other bits with {count} threads");
            },
            1, 2, 5);
    }

    [Fact]
    public void RefusesWhatDoesNotFit()
    {
        static void Run(SumPoolKernel kernel, long[] image, long[] windows, DType dtype = DType.Float32) => Device.Cpu.Run(new KernelCall(
            kernel, [PoolCase.Buffer(dtype, windows, null, false).View], [PoolCase.Buffer(DType.Float32, image, null, false).View]));

        var kernel = new SumPoolKernel(false, [2], [2], [1]);
        Run(kernel, [3, 6], [3, 3]);
        Assert.Throws<ArgumentException>(() => Run(kernel, [3, 5], [3, 3])); // over the end
        Assert.Throws<ArgumentException>(() => Run(kernel, [3, 6], [2, 3])); // other leading sizes
        Assert.Throws<ArgumentException>(() => Run(kernel, [3, 6], [3, 3], DType.Float64));
        Assert.Throws<ArgumentException>(() => Run(kernel with { Stride = [0] }, [3, 6], [3, 3]));
        Assert.Throws<ArgumentException>(() => Run(kernel with { Dilation = [1, 1] }, [3, 6], [3, 3]));
    }
}
