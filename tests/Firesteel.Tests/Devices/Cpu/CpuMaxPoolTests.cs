namespace Firesteel.Tests.Devices.Cpu;

/// <summary>The max pool kernel against its definition, on any dtype, strides and number of threads.</summary>
public class CpuMaxPoolTests
{
    private const int Seed = 41414;

    private static MaxPoolKernel Kernel(PoolCase c) => new(false, c.Window, c.Stride, c.Dilation);

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    [InlineData(DType.BFloat16)]
    [InlineData(DType.Int64)]
    [InlineData(DType.UInt8)]
    public void EqualsTheDefinition(DType dtype)
    {
        var random = new Random(Seed);
        for (int round = 0; round < 150; round++)
        {
            var c = PoolCase.Draw(random, large: true);
            var kernel = Kernel(c);
            long taps = c.Taps;
            bool strided = random.Next(2) == 0;
            string what = $"seed {Seed}, round {round}, {dtype}, {c}";
            TestBuffer image = PoolCase.Buffer(dtype, c.Image, random, strided), values = PoolCase.Buffer(dtype, c.Windows, null, strided);
            var positions = PoolCase.Buffer(taps <= 256 && random.Next(3) > 0 ? DType.UInt8 : DType.Int64, c.Windows, null, strided);
            foreach (var index in TestBuffer.Indices(c.Image))
            {
                // Equal elements, and NaN now and then.
                if (random.Next(3) == 0) image[index] = 1;
                if (dtype.IsFloatingPoint() && random.Next(40) == 0) image[index] = double.NaN;
            }
            Device.Cpu.Run(new KernelCall(kernel, [values.View, positions.View], [image.View]));
            TestBuffer g = PoolCase.Buffer(dtype, c.Windows, random, strided), gradient = PoolCase.Buffer(dtype, c.Image, null, strided);
            foreach (var index in TestBuffer.Indices(c.Windows)) g[index] = random.Next(4); // sums of these are exact
            Device.Cpu.Run(new KernelCall(kernel with { Gradient = true }, [gradient.View], [g.View, positions.View]));
            var sums = new Dictionary<string, double>();
            foreach (var window in TestBuffer.Indices(c.Windows))
            {
                long[][] elements = [.. c.Elements(window)];
                double best = image[elements[0]];
                long position = 0;
                for (long tap = 1; tap < taps; tap++)
                {
                    double value = image[elements[tap]];
                    if (!(value > best || double.IsNaN(value))) continue;
                    best = value;
                    position = tap;
                }
                Assert.True(best.Equals(values[window]) && position == positions[window], $"{what}: [{string.Join(", ", window)}] is {values[window]} at {positions[window]}, expected {best} at {position}");
                string key = string.Join(",", elements[position]);
                sums[key] = sums.GetValueOrDefault(key) + g[window];
            }
            foreach (var index in TestBuffer.Indices(c.Image))
                Assert.True(sums.GetValueOrDefault(string.Join(",", index)) == gradient[index], $"{what}: gradient [{string.Join(", ", index)}] is {gradient[index]}");
            PoolCase.AssertNothingElseWritten(values, positions, gradient);
        }
    }

    [Fact]
    public void TheSameBitsOnAnyNumberOfThreads()
    {
        var random = new Random(Seed);
        // Overlapping windows: the order of the additions shows.
        var c = new PoolCase([6, 8, 20, 31], [6, 8, 18, 15], [3, 3], [1, 2], [1, 1]);
        var kernel = Kernel(c);
        TestBuffer image = PoolCase.Buffer(DType.Float32, c.Image, random, false), g = PoolCase.Buffer(DType.Float32, c.Windows, random, false);
        byte[]? first = null;
        CpuThreadsTests.WithThreads(
            count =>
            {
                TestBuffer values = PoolCase.Buffer(DType.Float32, c.Windows, null, false), positions = PoolCase.Buffer(DType.UInt8, c.Windows, null, false), gradient = PoolCase.Buffer(DType.Float32, c.Image, null, false);
                Device.Cpu.Run(new KernelCall(kernel, [values.View, positions.View], [image.View]));
                Device.Cpu.Run(new KernelCall(kernel with { Gradient = true }, [gradient.View], [g.View, positions.View]));
                byte[] all = [.. values.Bytes, .. positions.Bytes, .. gradient.Bytes];
                first ??= all;
                Assert.True(first.AsSpan().SequenceEqual(all), $"seed {Seed}: other bits with {count} threads");
            },
            1, 2, 5);
    }

    [Fact]
    public void RefusesWhatDoesNotFit()
    {
        static void Run(MaxPoolKernel kernel, long[] image, long[] windows, DType positions = DType.UInt8) => Device.Cpu.Run(new KernelCall(
            kernel, [PoolCase.Buffer(DType.Float32, windows, null, false).View, PoolCase.Buffer(positions, windows, null, false).View], [PoolCase.Buffer(DType.Float32, image, null, false).View]));

        var kernel = new MaxPoolKernel(false, [2], [2], [1]);
        Run(kernel, [3, 6], [3, 3]);
        Assert.Throws<ArgumentException>(() => Run(kernel, [3, 5], [3, 3])); // over the end
        Assert.Throws<ArgumentException>(() => Run(kernel, [3, 6], [2, 3])); // other leading sizes
        Assert.Throws<ArgumentException>(() => Run(kernel, [3, 6], [3, 3], DType.Int32));
        Assert.Throws<ArgumentException>(() => Run(kernel with { Stride = [0] }, [3, 6], [3, 3]));
        Assert.Throws<ArgumentException>(() => Run(kernel with { Dilation = [1, 1] }, [3, 6], [3, 3]));
        Assert.Throws<ArgumentException>(() => Run(kernel with { Window = [300] }, [3, 300], [3, 1])); // positions beyond 255
        Run(kernel with { Window = [300] }, [3, 300], [3, 1], DType.Int64);
    }
}
