namespace Firesteel.Tests.Devices.Cpu;

/// <summary>Windows over an image, drawn at random, for the tests of the pooling kernels.</summary>
internal sealed record PoolCase(long[] Image, long[] Windows, long[] Window, long[] Stride, long[] Dilation)
{
    /// <summary>The elements of a window.</summary>
    public long Taps => Window.Aggregate(1L, static (p, k) => p * k);

    /// <param name="random">Draws the sizes.</param>
    /// <param name="large">Whether windows of three dimensions may have more than 256 elements.</param>
    public static PoolCase Draw(Random random, bool large = false)
    {
        int spatial = random.Next(1, 4), leading = random.Next(0, 3);
        long[] image = new long[leading + spatial], windows = new long[leading + spatial], window = new long[spatial], stride = new long[spatial], dilation = new long[spatial];
        for (int d = 0; d < leading; d++) image[d] = windows[d] = random.Next(0, 5);
        for (int d = 0; d < spatial; d++)
        {
            int most = large && random.Next(5) == 0 && spatial == 3 ? 9 : 4;
            (window[d], stride[d], dilation[d]) = (random.Next(1, most), random.Next(1, 4), random.Next(1, 3));
            windows[leading + d] = random.Next(1, spatial == 3 ? 5 : 14);
            image[leading + d] = (windows[leading + d] - 1) * stride[d] + (window[d] - 1) * dilation[d] + 1 + random.Next(2);
        }
        return new(image, windows, window, stride, dilation);
    }

    /// <summary>The elements of the image that a window has, in the order of their positions.</summary>
    public IEnumerable<long[]> Elements(long[] window)
    {
        int leading = window.Length - Window.Length;
        foreach (var tap in TestBuffer.Indices(Window))
        {
            long[] index = [.. window];
            for (int d = 0; d < tap.Length; d++) index[leading + d] = window[leading + d] * Stride[d] + tap[d] * Dilation[d];
            yield return index;
        }
    }

    /// <summary>A buffer with strides of its own or without gaps; drawn, or for an output full of 77.</summary>
    public static TestBuffer Buffer(DType dtype, long[] sizes, Random? random, bool strided) =>
        strided ? TestBuffer.Make(dtype, sizes, random ?? new Random(1), output: random is null) : new(dtype, sizes, Shape.Create(sizes).ContiguousStrides, random);

    /// <summary>Nothing beside the elements of the outputs was written.</summary>
    public static void AssertNothingElseWritten(params TestBuffer[] outputs)
    {
        foreach (var buffer in outputs)
        {
            var own = buffer.Untouched();
            for (int i = 0; i < own.Length; i++)
                if (!own[i]) Assert.Equal(77, buffer[i]);
        }
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"image [{string.Join(", ", Image)}], window [{string.Join(", ", Window)}], stride [{string.Join(", ", Stride)}], dilation [{string.Join(", ", Dilation)}]";
}
