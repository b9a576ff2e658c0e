namespace Firesteel.Tests.Devices.Cpu;

/// <summary>The max pool kernel against its definition, on any dtype, strides and number of threads.</summary>
public class CpuMaxPoolTests
{
    private const int Seed = 41414;

    private sealed record Case(MaxPoolKernel Kernel, long[] Image, long[] Windows)
    {
        public override string ToString() => $"image [{string.Join(", ", Image)}], window [{string.Join(", ", Kernel.Window)}], stride [{string.Join(", ", Kernel.Stride)}], dilation [{string.Join(", ", Kernel.Dilation)}]";
    }

    private static Case Draw(Random random)
    {
        int spatial = random.Next(1, 4), leading = random.Next(0, 3);
        long[] image = new long[leading + spatial], windows = new long[leading + spatial], window = new long[spatial], stride = new long[spatial], dilation = new long[spatial];
        for (int d = 0; d < leading; d++) image[d] = windows[d] = random.Next(0, 5);
        for (int d = 0; d < spatial; d++)
        {
            (window[d], stride[d], dilation[d]) = (random.Next(1, random.Next(5) == 0 && spatial == 3 ? 9 : 4), random.Next(1, 4), random.Next(1, 3));
            windows[leading + d] = random.Next(1, spatial == 3 ? 5 : 14);
            image[leading + d] = (windows[leading + d] - 1) * stride[d] + (window[d] - 1) * dilation[d] + 1 + random.Next(2);
        }
        return new Case(new MaxPoolKernel(false, window, stride, dilation), image, windows);
    }

    private static TestBuffer Buffer(DType dtype, long[] sizes, Random? random, bool strided) =>
        strided ? TestBuffer.Make(dtype, sizes, random ?? new Random(1), output: random is null) : new(dtype, sizes, Shape.Create(sizes).ContiguousStrides, random);

    /// <summary>The element of the image that a window has at a position.</summary>
    private static long[] At(Case c, long[] window, long position)
    {
        int spatial = c.Kernel.Window.Length, leading = window.Length - spatial;
        long[] index = [.. window];
        for (int d = spatial - 1; d >= 0; d--)
        {
            index[leading + d] = window[leading + d] * c.Kernel.Stride[d] + position % c.Kernel.Window[d] * c.Kernel.Dilation[d];
            position /= c.Kernel.Window[d];
        }
        return index;
    }

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
            var c = Draw(random);
            long taps = c.Kernel.Window.Aggregate(1L, static (p, k) => p * k);
            bool strided = random.Next(2) == 0;
            string what = $"seed {Seed}, round {round}, {dtype}, {c}";
            TestBuffer image = Buffer(dtype, c.Image, random, strided), values = Buffer(dtype, c.Windows, null, strided);
            var positions = Buffer(taps <= 256 && random.Next(3) > 0 ? DType.UInt8 : DType.Int64, c.Windows, null, strided);
            foreach (var index in TestBuffer.Indices(c.Image))
            {
                // Equal elements, and NaN now and then.
                if (random.Next(3) == 0) image[index] = 1;
                if (dtype.IsFloatingPoint() && random.Next(40) == 0) image[index] = double.NaN;
            }
            Device.Cpu.Run(new KernelCall(c.Kernel, [values.View, positions.View], [image.View]));
            TestBuffer g = Buffer(dtype, c.Windows, random, strided), gradient = Buffer(dtype, c.Image, null, strided);
            foreach (var index in TestBuffer.Indices(c.Windows)) g[index] = random.Next(4); // sums of these are exact
            Device.Cpu.Run(new KernelCall(c.Kernel with { Gradient = true }, [gradient.View], [g.View, positions.View]));
            var sums = new Dictionary<string, double>();
            foreach (var window in TestBuffer.Indices(c.Windows))
            {
                double best = image[At(c, window, 0)];
                long position = 0;
                for (long tap = 1; tap < taps; tap++)
                {
                    double value = image[At(c, window, tap)];
                    if (!(value > best || double.IsNaN(value))) continue;
                    best = value;
                    position = tap;
                }
                Assert.True(best.Equals(values[window]) && position == positions[window], $"{what}: [{string.Join(", ", window)}] is {values[window]} at {positions[window]}, expected {best} at {position}");
                string key = string.Join(",", At(c, window, position));
                sums[key] = sums.GetValueOrDefault(key) + g[window];
            }
            foreach (var index in TestBuffer.Indices(c.Image))
                Assert.True(sums.GetValueOrDefault(string.Join(",", index)) == gradient[index], $"{what}: gradient [{string.Join(", ", index)}] is {gradient[index]}");
            foreach (var buffer in (TestBuffer[])[values, positions, gradient])
            {
                var own = buffer.Untouched();
                for (int i = 0; i < own.Length; i++)
                    if (!own[i]) Assert.Equal(77, buffer[i]);
            }
        }
    }

    [Fact]
    public void TheSameBitsOnAnyNumberOfThreads()
    {
        var random = new Random(Seed);
        // Overlapping windows: the order of the additions shows.
        var c = new Case(new MaxPoolKernel(false, [3, 3], [1, 2], [1, 1]), [6, 8, 20, 31], [6, 8, 18, 15]);
        TestBuffer image = Buffer(DType.Float32, c.Image, random, false), g = Buffer(DType.Float32, c.Windows, random, false);
        byte[]? first = null;
        CpuThreadsTests.WithThreads(
            count =>
            {
                TestBuffer values = Buffer(DType.Float32, c.Windows, null, false), positions = Buffer(DType.UInt8, c.Windows, null, false), gradient = Buffer(DType.Float32, c.Image, null, false);
                Device.Cpu.Run(new KernelCall(c.Kernel, [values.View, positions.View], [image.View]));
                Device.Cpu.Run(new KernelCall(c.Kernel with { Gradient = true }, [gradient.View], [g.View, positions.View]));
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
            kernel, [Buffer(DType.Float32, windows, null, false).View, Buffer(positions, windows, null, false).View], [Buffer(DType.Float32, image, null, false).View]));

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
