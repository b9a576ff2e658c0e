using System.Globalization;

namespace Firesteel.Tests.Devices.Cpu;

/// <summary>The three convolutions against the definition summed in double, against PyTorch's numbers, and against themselves on other thread counts.</summary>
public class CpuConvTests
{
    private const int Seed = 90210;

    internal sealed record Case(ConvKernel Kernel, long[] X, long[] W, long[] Y);

    private static Case Draw(Random random, ConvPass pass, int largest)
    {
        while (true)
        {
            int spatial = random.Next(1, 4);
            long groups = random.Next(1, 4), inChannels = random.Next(1, 4), outChannels = random.Next(1, 4);
            if (random.Next(4) == 0) inChannels = outChannels = 1;
            long[] x = new long[spatial + 2], w = new long[spatial + 2], y = new long[spatial + 2];
            long[] stride = new long[spatial], padding = new long[spatial], dilation = new long[spatial];
            (x[0], x[1]) = (random.Next(0, 4), groups * inChannels);
            (w[0], w[1]) = (groups * outChannels, inChannels);
            (y[0], y[1]) = (x[0], w[0]);
            bool pointwise = random.Next(6) == 0;
            for (int d = 0; d < spatial; d++)
            {
                x[d + 2] = random.Next(1, spatial == 3 ? 8 : largest);
                w[d + 2] = pointwise ? 1 : random.Next(1, 5);
                stride[d] = pointwise ? 1 : random.Next(1, 4);
                padding[d] = pointwise ? 0 : random.Next(0, 4);
                dilation[d] = random.Next(1, 4);
                long reach = x[d + 2] + 2 * padding[d] - dilation[d] * (w[d + 2] - 1) - 1;
                y[d + 2] = reach < 0 ? 0 : reach / stride[d] + 1;
            }
            if (y.Skip(2).All(static size => size > 0)) return new Case(new ConvKernel(pass, stride, padding, dilation, groups), x, w, y);
        }
    }

    /// <summary>Every product of the convolution: index of x, of w and of y.</summary>
    private static IEnumerable<(long[] X, long[] W, long[] Y)> Products(Case c)
    {
        int spatial = c.X.Length - 2;
        foreach (var y in TestBuffer.Indices(c.Y))
        {
            long group = y[1] / (c.W[0] / c.Kernel.Groups);
            foreach (var tap in TestBuffer.Indices(c.W[1..]))
            {
                var x = new long[spatial + 2];
                x[0] = y[0];
                x[1] = group * c.W[1] + tap[0];
                bool inside = true;
                for (int d = 0; d < spatial; d++)
                {
                    x[d + 2] = y[d + 2] * c.Kernel.Stride[d] - c.Kernel.Padding[d] + tap[d + 1] * c.Kernel.Dilation[d];
                    inside &= x[d + 2] >= 0 && x[d + 2] < c.X[d + 2];
                }
                if (inside) yield return (x, [y[1], .. tap], y);
            }
        }
    }

    private static long Flat(long[] index, long[] sizes)
    {
        long flat = 0;
        for (int d = 0; d < sizes.Length; d++) flat = flat * sizes[d] + index[d];
        return flat;
    }

    internal static (long[] Output, long[] A, long[] B) Roles(Case c) => c.Kernel.Pass switch
    {
        ConvPass.Forward => (c.Y, c.X, c.W),
        ConvPass.Data => (c.X, c.Y, c.W),
        _ => (c.W, c.X, c.Y),
    };

    private static void RunAndCheck(Case c, DType dtype, Random random, bool strided, string what)
    {
        var (outputSizes, aSizes, bSizes) = Roles(c);
        var a = strided ? TestBuffer.Make(dtype, aSizes, random) : new TestBuffer(dtype, aSizes, Shape.Create(aSizes).ContiguousStrides, random);
        var b = strided ? TestBuffer.Make(dtype, bSizes, random) : new TestBuffer(dtype, bSizes, Shape.Create(bSizes).ContiguousStrides, random);
        var output = strided ? TestBuffer.Make(dtype, outputSizes, random, output: true) : new TestBuffer(dtype, outputSizes, Shape.Create(outputSizes).ContiguousStrides, null);
        TestBuffer? bias = c.Kernel.Pass == ConvPass.Filter || random.Next(2) == 0 ? null : strided ? TestBuffer.Make(dtype, [outputSizes[1]], random) : new TestBuffer(dtype, [outputSizes[1]], [1], random);
        Device.Cpu.Run(new KernelCall(c.Kernel, [output.View], bias is null ? [a.View, b.View] : [a.View, b.View, bias.View]));
        var expected = new double[outputSizes.Aggregate(1L, static (p, s) => p * s)];
        var size = new double[expected.Length];
        var terms = new int[expected.Length];
        foreach (var (x, w, y) in Products(c))
        {
            var (o, ai, bi) = c.Kernel.Pass switch { ConvPass.Forward => (y, x, w), ConvPass.Data => (x, y, w), _ => (w, x, y) };
            long at = Flat(o, outputSizes);
            double product = a[ai] * b[bi];
            expected[at] += product;
            size[at] += Math.Abs(product);
            terms[at]++;
        }
        foreach (var index in TestBuffer.Indices(outputSizes))
        {
            long at = Flat(index, outputSizes);
            if (bias is not null)
            {
                expected[at] += bias[[index[1]]];
                size[at] += Math.Abs(bias[[index[1]]]);
                terms[at]++;
            }
            double unit = dtype == DType.Float64 ? 1.2e-16 : 6e-8;
            double tolerance = dtype.IsInteger() ? 0 : unit * (terms[at] + 2) * size[at];
            if (dtype == DType.Float16) tolerance += Math.Abs(expected[at]) * 0.00049 + 6e-8;
            if (dtype == DType.BFloat16) tolerance += Math.Abs(expected[at]) * 0.0040;
            double wanted = dtype switch
            {
                DType.Int8 => unchecked((sbyte)(long)expected[at]),
                DType.UInt8 => unchecked((byte)(long)expected[at]),
                DType.Int16 => unchecked((short)(long)expected[at]),
                _ => expected[at],
            };
            if (!(Math.Abs(output[index] - wanted) <= tolerance))
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{what}: [{string.Join(", ", index)}] is {output[index]:R}, expected {wanted:R} ± {tolerance:R}"));
        }
        var own = output.Untouched();
        for (int i = 0; i < own.Length; i++)
            if (!own[i]) Assert.Equal(77, output[i]);
    }

    internal static string Describe(Case c) =>
        $"{c.Kernel.Pass} x [{string.Join(", ", c.X)}] w [{string.Join(", ", c.W)}] y [{string.Join(", ", c.Y)}] stride [{string.Join(", ", c.Kernel.Stride)}] padding [{string.Join(", ", c.Kernel.Padding)}] dilation [{string.Join(", ", c.Kernel.Dilation)}] groups {c.Kernel.Groups}";

    public static TheoryData<DType> DTypesOfConv => CpuMatMulTests.DTypesOfMatMul;

    [Theory]
    [MemberData(nameof(DTypesOfConv))]
    public void EqualsTheDefinition(DType dtype)
    {
        var random = new Random(Seed);
        bool fast = dtype is DType.Float32 or DType.Float64;
        for (int round = 0; round < (fast ? 120 : 15); round++)
        {
            foreach (var pass in Enum.GetValues<ConvPass>())
            {
                var c = Draw(random, pass, 12);
                RunAndCheck(c, dtype, random, random.Next(2) == 0, $"seed {Seed}, round {round}, {dtype}, {Describe(c)}");
            }
        }
    }

    private static Case Of(ConvPass pass, long[] x, long[] w, long[] y, long stride = 1, long padding = 0, long groups = 1) =>
        new(new ConvKernel(pass, [stride, stride], [padding, padding], [1, 1], groups), x, w, y);

    /// <summary>Sizes that need several tiles of positions, of channels and of filters.</summary>
    internal static IEnumerable<Case> LargerCases(ConvPass pass) =>
    [
        Of(pass, [2, 3, 40, 33], [8, 3, 3, 3], [2, 8, 40, 33], padding: 1),
        Of(pass, [1, 40, 12, 12], [24, 40, 3, 3], [1, 24, 12, 12], padding: 1),
        Of(pass, [2, 24, 25, 25], [16, 24, 1, 1], [2, 16, 25, 25]),
        Of(pass, [5, 1, 28, 28], [6, 1, 5, 5], [5, 6, 24, 24]),
        Of(pass, [3, 6, 14, 14], [16, 6, 5, 5], [3, 16, 10, 10]), // into few channels: gradients of x
        new(new ConvKernel(pass, [1, 1], [0, 0], [3, 3], 2), [2, 4, 11, 21], [40, 2, 3, 4], [2, 40, 5, 12]), // taps that reach no line
        Of(pass, [2, 40, 9, 19], [3, 40, 3, 3], [2, 3, 5, 10], stride: 2, padding: 1), // and forward
        Of(pass, [2, 16, 30, 30], [16, 1, 3, 3], [2, 16, 15, 15], stride: 2, padding: 1, groups: 16),
        Of(pass, [2, 4, 20, 45], [4, 1, 3, 3], [2, 4, 24, 49], padding: 3, groups: 4),
        Of(pass, [9, 14, 8, 8], [7, 14, 5, 5], [9, 7, 4, 4], stride: 2, padding: 2), // several images in a task, sums in blocks
        Of(pass, [3, 6, 17, 21], [8, 3, 3, 4], [3, 8, 6, 7], stride: 3, padding: 1, groups: 2),
        Of(pass, [1, 2, 9, 300], [5, 2, 7, 7], [1, 5, 2, 147], stride: 2), // lines longer than a task
        Of(pass, [5, 30, 9, 9], [12, 30, 1, 1], [5, 12, 5, 5], stride: 2),
        Of(pass, [1, 40, 4, 4], [100, 40, 3, 3], [1, 100, 2, 2]), // few positions: output channels are shared out
        Of(pass, [3, 70, 5, 5], [50, 70, 3, 3], [3, 50, 3, 3]), // few positions of several images, sums in blocks
        Of(pass, [2, 16, 6, 7], [80, 8, 3, 3], [2, 80, 4, 5], groups: 2),
        Of(pass, [3, 64, 36, 36], [6, 64, 1, 1], [3, 6, 36, 36]), // one line of positions, in pieces; several copies for the filter
        Of(pass, [2, 3, 3, 1100], [7, 3, 2, 5], [2, 7, 2, 1096]), // long lines, in pieces
        Of(pass, [2, 5, 4, 1205], [6, 5, 3, 3], [2, 6, 1, 402], stride: 3), // of which the last phases have fewer columns
        Of(pass, [2, 20, 23, 19], [70, 20, 3, 3], [2, 70, 12, 10], stride: 2, padding: 1), // odd sizes, more channels than are summed at a time
        Of(pass, [3, 9, 17, 12], [20, 9, 2, 2], [3, 20, 6, 4], stride: 3), // positions that no tap sees
        Of(pass, [2, 8, 21, 21], [10, 4, 5, 5], [2, 10, 11, 11], stride: 2, padding: 2, groups: 2),
        Of(pass, [4, 12, 9, 31], [12, 1, 3, 3], [4, 12, 9, 31], padding: 1, groups: 12), // depthwise, lines that end within a vector
        Of(pass, [3, 10, 40, 70], [10, 1, 3, 3], [3, 10, 19, 34], stride: 2, groups: 10),
        Of(pass, [2, 6, 9, 7], [6, 1, 2, 4], [2, 6, 10, 6], padding: 1, groups: 6), // and lines shorter than one
        new(new ConvKernel(pass, [2, 1, 2], [1, 0, 2], [1, 2, 1], 1), [2, 7, 5, 9, 8], [9, 7, 3, 2, 3], [2, 9, 3, 7, 5]),
        new(new ConvKernel(pass, [1, 3], [2, 3], [3, 2], 1), [2, 6, 14, 20], [8, 6, 3, 3], [2, 8, 12, 8]), // dilated and strided
    ];

    [Theory]
    [InlineData(DType.Float32)]
    [InlineData(DType.Float64)]
    public void EqualsTheDefinitionOverManyTiles(DType dtype)
    {
        var random = new Random(Seed);
        foreach (var pass in Enum.GetValues<ConvPass>())
            foreach (var c in LargerCases(pass)) RunAndCheck(c, dtype, random, false, $"seed {Seed}, {dtype}, {Describe(c)}");
    }

    [Fact]
    public void TheSameBitsOnAnyNumberOfThreads()
    {
        var random = new Random(Seed);
        foreach (var pass in Enum.GetValues<ConvPass>())
        {
            foreach (var c in LargerCases(pass))
            {
                var (outputSizes, aSizes, bSizes) = Roles(c);
                var a = new TestBuffer(DType.Float32, aSizes, Shape.Create(aSizes).ContiguousStrides, random);
                var b = new TestBuffer(DType.Float32, bSizes, Shape.Create(bSizes).ContiguousStrides, random);
                byte[]? first = null;
                CpuThreadsTests.WithThreads(
                    count =>
                    {
                        var output = new TestBuffer(DType.Float32, outputSizes, Shape.Create(outputSizes).ContiguousStrides, null);
                        Device.Cpu.Run(new KernelCall(c.Kernel, [output.View], [a.View, b.View]));
                        first ??= output.Bytes;
                        Assert.True(first.AsSpan().SequenceEqual(output.Bytes), $"seed {Seed}, {Describe(c)}: other bits with {count} threads");
                    },
                    1, 2, 5);
            }
        }
    }

    private static TestBuffer Values(long[] sizes, Func<int, double> value)
    {
        var buffer = new TestBuffer(DType.Float32, sizes, Shape.Create(sizes).ContiguousStrides, null);
        int i = 0;
        foreach (var index in TestBuffer.Indices(sizes)) buffer[buffer.View.Offset + i] = value(i++);
        return buffer;
    }

    private static double[] Result(ConvKernel kernel, long[] sizes, TestBuffer a, TestBuffer b)
    {
        var output = Values(sizes, static _ => double.NaN);
        Device.Cpu.Run(new KernelCall(kernel, [output.View], [a.View, b.View]));
        return [.. TestBuffer.Indices(sizes).Select(index => output[index])];
    }

    // The numbers of the following tests are PyTorch 1.13's, in float64; all are exact.

    [Fact]
    public void Conv2dOfPyTorch()
    {
        var x = Values([1, 2, 5, 4], static i => i % 7 - 3);
        var w = Values([4, 1, 3, 2], static i => i % 5 - 2);
        Assert.Equal(
            [
                -6, -5, 10, 6, -9, 5, 10, -12, -3, 0, -2, 6, -6, -10, -3, -7, -5, -4, -5, 3, 0, -1, 1, 4,
                6, 10, -5, -6, 5, -3, -3, -5, 4, -1, -7, 0, 4, -2, 10, 4, 6, 14, 8, 4, 5, 11, -3, 3,
            ],
            Result(new ConvKernel(ConvPass.Forward, [2, 1], [1, 1], [1, 2], 2), [1, 4, 3, 4], x, w));
    }

    [Fact]
    public void GradientsOfConv2dOfPyTorch()
    {
        var x = Values([1, 2, 5, 4], static i => i % 7 - 3);
        var w = Values([4, 1, 3, 2], static i => i % 5 - 2);
        var y = Values([1, 4, 3, 4], static i => i % 3 - 1);
        Assert.Equal(
            [0, -2, -1, 3, -3, 6, -1, -2, 1, -1, 3, -3, 3, -1, -5, 3, -1, 3, -2, 0, 0, 3, 0, -3, 1, -3, 4, -2, 0, 0, -3, 3, -2, 4, -1, -1, 0, -3, 3, 0],
            Result(new ConvKernel(ConvPass.Data, [2, 1], [1, 1], [1, 2], 2), [1, 2, 5, 4], y, w));
        Assert.Equal(
            [-6, 12, 0, 0, -2, -6, -6, 12, 0, 0, -2, -6, 1, -2, 0, 0, -2, 8, 1, -2, 0, 0, -2, 8],
            Result(new ConvKernel(ConvPass.Filter, [2, 1], [1, 1], [1, 2], 2), [4, 1, 3, 2], x, y));
    }

    [Fact]
    public void Conv3dOfPyTorch()
    {
        var x = Values([1, 2, 3, 4, 2], static i => i % 5 - 2);
        var w = Values([2, 2, 2, 3, 1], static i => i % 7 - 3);
        Assert.Equal(
            [3, 1, 8, -7, -2, 3, -7, -5, -1, 5, -10, 9, 2, -4, 11, 4],
            Result(new ConvKernel(ConvPass.Forward, [1, 2, 1], [1, 0, 0], [1, 1, 1], 1), [1, 2, 4, 1, 2], x, w));
    }

    [Fact]
    public void ConvTranspose1dWithOutputPaddingOfPyTorch()
    {
        var y = Values([1, 4, 3], static i => i % 5 - 2);
        var w = Values([4, 2, 3], static i => i % 7 - 3);
        Assert.Equal(
            [2, 16, -8, -14, 7, -2, -5, -1, 3, 5, 1, -1],
            Result(new ConvKernel(ConvPass.Data, [2], [1], [1], 1), [1, 2, 6], y, w));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public void NothingInGivesZeros(long channels, long stride)
    {
        // No positions of y, or no images: gradients are zero, not what was there before.
        var none = Values([2, channels, 0], static _ => 1);
        var w = Values([channels, channels, 3], static _ => 1);
        Assert.Equal(new double[2 * channels * 2], Result(new ConvKernel(ConvPass.Data, [stride], [0], [1], 1), [2, channels, 2], none, w));
        Assert.Equal(new double[channels * channels * 3], Result(new ConvKernel(ConvPass.Filter, [stride], [0], [1], 1), [channels, channels, 3], Values([2, channels, 2], static _ => 1), none));
        Assert.Equal(new double[channels * channels * 3], Result(new ConvKernel(ConvPass.Filter, [stride], [0], [1], 1), [channels, channels, 3], Values([0, channels, 5], static _ => 1), Values([0, channels, 3], static _ => 1)));
    }

    [Fact]
    public void RefusesWhatDoesNotFit()
    {
        static TestBuffer Ones(params long[] sizes) => Values(sizes, static _ => 1);
        var kernel = new ConvKernel(ConvPass.Forward, [1], [0], [1], 1);
        Assert.Throws<ArgumentException>(() => Result(kernel, [1, 2, 3], Ones(1, 2, 3), Ones(2, 3, 1))); // channels
        Assert.Throws<ArgumentException>(() => Result(kernel, [2, 2, 3], Ones(1, 2, 3), Ones(2, 2, 1))); // batch
        Assert.Throws<ArgumentException>(() => Result(kernel with { Groups = 3 }, [1, 2, 3], Ones(1, 2, 3), Ones(2, 2, 1)));
        Assert.Throws<ArgumentException>(() => Result(kernel with { Stride = [0] }, [1, 2, 3], Ones(1, 2, 3), Ones(2, 2, 1)));
        Assert.Throws<ArgumentException>(() => Result(kernel with { Padding = [-1] }, [1, 2, 1], Ones(1, 2, 3), Ones(2, 2, 1)));
        Assert.Throws<ArgumentException>(() => Result(kernel with { Stride = [1, 1] }, [1, 2, 3], Ones(1, 2, 3), Ones(2, 2, 1)));
        Assert.Throws<ArgumentException>(() => Result(kernel, [1, 2], Ones(1, 2), Ones(2, 2)));
    }
}
