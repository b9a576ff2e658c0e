using System.Globalization;

namespace Firesteel.Tests.Devices.Cpu;

/// <summary>Convolutions that run as F(4x4, 3x3), against the same in float64, which sums by the definition.</summary>
public class CpuConvWinogradTests
{
    private const int Seed = 60606;

    internal sealed record Case(ConvKernel Kernel, long[] Output, long[] A, long[] B)
    {
        public override string ToString() => $"{Kernel.Pass} [{string.Join(", ", A)}] with [{string.Join(", ", B)}], padding [{string.Join(", ", Kernel.Padding)}], groups {Kernel.Groups}";
    }

    /// <summary>A convolution of images [n, groups * input, height, width] to [.., groups * output, ..].</summary>
    private static Case Of(ConvPass pass, long n, long input, long output, long height, long width, long paddingH = 1, long paddingW = 1, long groups = 1)
    {
        long[] x = [n, groups * input, height, width], w = [groups * output, input, 3, 3], y = [n, groups * output, height + 2 * paddingH - 2, width + 2 * paddingW - 2];
        var kernel = new ConvKernel(pass, [1, 1], [paddingH, paddingW], [1, 1], groups);
        Assert.True(WinogradPlan.TryCreate(pass, new ConvGeometry(kernel, new Shape(x), new Shape(w), new Shape(y)), out _), "the case does not take the way that is tested");
        return pass switch { ConvPass.Forward => new(kernel, y, x, w), ConvPass.Data => new(kernel, x, y, w), _ => new(kernel, w, x, y) };
    }

    /// <summary>Whole and partial tiles, all paddings, channels that fill vectors and do not, several blocks of tiles, channels and filters.</summary>
    internal static IEnumerable<Case> Cases(ConvPass pass) =>
    [
        Of(pass, 4, 32, 48, 16, 16),
        Of(pass, 3, 33, 41, 13, 18),
        Of(pass, 5, 32, 32, 10, 9, 0, 0),
        Of(pass, 2, 40, 37, 15, 14, 2, 2),
        Of(pass, 3, 48, 32, 14, 11, 0, 2),
        Of(pass, 2, 32, 34, 16, 20, 2, 1, groups: 2),
        Of(pass, 21, 48, 40, 4, 5),
        Of(pass, 4, 130, 260, 9, 8),
        Of(pass, 3, 64, 64, 48, 44),
    ];

    private static TestBuffer Contiguous(DType dtype, long[] sizes, Random? random) => new(dtype, sizes, Shape.Create(sizes).ContiguousStrides, random);

    private static TestBuffer Map(TestBuffer source, DType dtype, long[] sizes, Func<double, double> map)
    {
        var result = Contiguous(dtype, sizes, null);
        int i = 0;
        foreach (var index in TestBuffer.Indices(sizes)) result[result.View.Offset + i++] = map(source[index]);
        return result;
    }

    [Theory]
    [InlineData(ConvPass.Forward)]
    [InlineData(ConvPass.Data)]
    [InlineData(ConvPass.Filter)]
    internal void EqualsFloat64(ConvPass pass)
    {
        var random = new Random(Seed);
        foreach (var c in Cases(pass))
        {
            bool strided = random.Next(3) == 0;
            var a = strided ? TestBuffer.Make(DType.Float32, c.A, random) : Contiguous(DType.Float32, c.A, random);
            var b = strided ? TestBuffer.Make(DType.Float32, c.B, random) : Contiguous(DType.Float32, c.B, random);
            var output = strided ? TestBuffer.Make(DType.Float32, c.Output, random, output: true) : Contiguous(DType.Float32, c.Output, null);
            var bias = pass == ConvPass.Filter || random.Next(2) == 0 ? null : TestBuffer.Make(DType.Float32, [c.Output[1]], random);
            Device.Cpu.Run(new KernelCall(c.Kernel, [output.View], bias is null ? [a.View, b.View] : [a.View, b.View, bias.View]));
            TestBuffer expected = Contiguous(DType.Float64, c.Output, null), squares = Contiguous(DType.Float64, c.Output, null);
            Device.Cpu.Run(new KernelCall(c.Kernel, [expected.View], [Map(a, DType.Float64, c.A, static v => v).View, Map(b, DType.Float64, c.B, static v => v).View]));
            Device.Cpu.Run(new KernelCall(c.Kernel, [squares.View], [Map(a, DType.Float64, c.A, static v => v * v).View, Map(b, DType.Float64, c.B, static v => v * v).View]));
            // An element of a tile has rounding errors of the size of any sum of the tile. Measured: 1.2e-5 of the root of the sum of squares at most.
            double tolerance = 3e-5 * Math.Sqrt(TestBuffer.Indices(c.Output).Max(index => squares[index]));
            foreach (var index in TestBuffer.Indices(c.Output))
            {
                double wanted = expected[index] + (bias is null ? 0 : bias[[index[1]]]);
                if (!(Math.Abs(output[index] - wanted) <= tolerance))
                    Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"seed {Seed}, {c}: [{string.Join(", ", index)}] is {output[index]:R}, expected {wanted:R} ± {tolerance:R}"));
            }
            var own = output.Untouched();
            for (int i = 0; i < own.Length; i++)
                if (!own[i]) Assert.Equal(77, output[i]);
        }
    }

    [Theory]
    [InlineData(ConvPass.Forward)]
    [InlineData(ConvPass.Data)]
    [InlineData(ConvPass.Filter)]
    internal void TheSameBitsOnAnyNumberOfThreads(ConvPass pass)
    {
        var random = new Random(Seed);
        foreach (var c in Cases(pass))
        {
            TestBuffer a = Contiguous(DType.Float32, c.A, random), b = Contiguous(DType.Float32, c.B, random);
            byte[]? first = null;
            CpuThreadsTests.WithThreads(
                count =>
                {
                    var output = Contiguous(DType.Float32, c.Output, null);
                    Device.Cpu.Run(new KernelCall(c.Kernel, [output.View], [a.View, b.View]));
                    first ??= output.Bytes;
                    Assert.True(first.AsSpan().SequenceEqual(output.Bytes), $"seed {Seed}, {c}: other bits with {count} threads");
                },
                1, 2, 5);
        }
    }

    [Fact]
    public void AFilterOfASingleOneMovesTheImage()
    {
        // A filter with a single one moves the image. What the tile's other elements leave behind is rounding, relative to the largest (8).
        long[] x = [2, 32, 16, 16], w = [32, 32, 3, 3];
        var image = Contiguous(DType.Float32, x, null);
        var filter = Contiguous(DType.Float32, w, null);
        int i = 0;
        foreach (var _ in TestBuffer.Indices(x)) image[image.View.Offset + i] = i++ % 17 - 8;
        i = 0;
        foreach (var index in TestBuffer.Indices(w)) filter[filter.View.Offset + i++] = index[0] == index[1] && index[2] == 0 && index[3] == 2 ? 1 : 0;
        var output = Contiguous(DType.Float32, x, null);
        Device.Cpu.Run(new KernelCall(Of(ConvPass.Forward, 2, 32, 32, 16, 16).Kernel, [output.View], [image.View, filter.View]));
        foreach (var index in TestBuffer.Indices(x))
        {
            bool inside = index[2] > 0 && index[3] < 15;
            double expected = inside ? image[[index[0], index[1], index[2] - 1, index[3] + 1]] : 0;
            Assert.Equal(expected, output[index], 8 * 3e-5);
        }
    }

    [Theory]
    [InlineData(1, 256, 4)] // hardly any tiles to pay for the filters
    [InlineData(8, 4, 32)] // too few channels to pay for the transforms
    public void KeepsToPlainSumsWhereNothingIsGained(long n, long channels, long size)
    {
        var kernel = new ConvKernel(ConvPass.Forward, [1, 1], [1, 1], [1, 1], 1);
        var shape = Shape.Create([n, channels, size, size]);
        Assert.False(WinogradPlan.TryCreate(ConvPass.Forward, new ConvGeometry(kernel, shape, Shape.Create([channels, channels, 3, 3]), shape), out _));
    }

    [Fact]
    public void OtherFiltersStridesAndDilationsAreNotOfThisForm()
    {
        static bool Fits(long[] stride, long[] padding, long[] dilation, long[] w, long[] y) => WinogradPlan.TryCreate(
            ConvPass.Forward, new ConvGeometry(new ConvKernel(ConvPass.Forward, stride, padding, dilation, 1), Shape.Create([8, 64, 16, 16]), new Shape(w), new Shape(y)), out _);

        Assert.True(Fits([1, 1], [1, 1], [1, 1], [64, 64, 3, 3], [8, 64, 16, 16]));
        Assert.False(Fits([2, 1], [1, 1], [1, 1], [64, 64, 3, 3], [8, 64, 8, 16]));
        Assert.False(Fits([1, 1], [1, 1], [1, 2], [64, 64, 3, 3], [8, 64, 16, 14]));
        Assert.False(Fits([1, 1], [3, 1], [1, 1], [64, 64, 3, 3], [8, 64, 20, 16]));
        Assert.False(Fits([1, 1], [1, 1], [1, 1], [64, 64, 3, 1], [8, 64, 16, 18]));
    }
}
