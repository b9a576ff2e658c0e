using System.Runtime.Intrinsics;

namespace Firesteel.Tests.Devices.Cpu;

/// <summary>Convolutions have the same bits whatever vectors the processor has.</summary>
public unsafe class CpuConvWidthsTests
{
    private const int Seed = 4711;

    private static float[] Values(long[] sizes, Random random)
    {
        var values = new float[sizes.Aggregate(1L, static (a, b) => a * b)];
        for (int i = 0; i < values.Length; i++) values[i] = (float)(random.NextDouble() * 2 - 1);
        return values;
    }

    private delegate void Way(float* output, float* a, float* b, float* bias);

    private static void SameBits(string what, Random random, ConvPass pass, long[] outputSizes, long[] aSizes, long[] bSizes, params (string Name, Way Run)[] ways)
    {
        float[] a = Values(aSizes, random), b = Values(bSizes, random), bias = Values([outputSizes[1] + 32], random);
        float[]? first = null;
        foreach (var (name, run) in ways)
        {
            var output = new float[outputSizes.Aggregate(1L, static (a, b) => a * b)];
            Array.Fill(output, float.NaN);
            fixed (float* po = output, pa = a, pb = b, pBias = bias) run(po, pa, pb, pass == ConvPass.Filter ? null : pBias);
            first ??= output;
            for (int i = 0; i < output.Length; i++)
                Assert.True(BitConverter.SingleToInt32Bits(first[i]) == BitConverter.SingleToInt32Bits(output[i]), $"seed {Seed}, {what}, {name}: element {i} is {output[i]:R}, with single numbers {first[i]:R}");
        }
    }

    [Theory]
    [InlineData(ConvPass.Forward)]
    [InlineData(ConvPass.Data)]
    [InlineData(ConvPass.Filter)]
    internal void OfAnyShape(ConvPass pass)
    {
        var random = new Random(Seed);
        foreach (var c in CpuConvTests.LargerCases(pass))
        {
            var g = new ConvGeometry(c.Kernel, Shape.Create(c.X), Shape.Create(c.W), Shape.Create(c.Y));
            var (output, a, b) = CpuConvTests.Roles(c);
            SameBits(
                CpuConvTests.Describe(c), random, pass, output, a, b,
                ("single numbers", (o, a, b, bias) => CpuConv.Fast<float, float, GemmVectors.One<float>>(pass, g, o, a, b, bias)),
                ("128 bits", (o, a, b, bias) => CpuConv.Fast<float, Vector128<float>, GemmVectors.Single128>(pass, g, o, a, b, bias)),
                ("256 bits", (o, a, b, bias) => CpuConv.Fast<float, Vector256<float>, GemmVectors.Single256>(pass, g, o, a, b, bias)),
                ("512 bits", (o, a, b, bias) => CpuConv.Fast<float, Vector512<float>, GemmVectors.Single512>(pass, g, o, a, b, bias)));
        }
    }

    [Theory]
    [InlineData(ConvPass.Forward)]
    [InlineData(ConvPass.Data)]
    [InlineData(ConvPass.Filter)]
    internal void OfWinograd(ConvPass pass)
    {
        var random = new Random(Seed);
        foreach (var c in CpuConvWinogradTests.Cases(pass))
        {
            var (x, w, y) = pass switch { ConvPass.Forward => (c.A, c.B, c.Output), ConvPass.Data => (c.Output, c.B, c.A), _ => (c.A, c.Output, c.B) };
            Assert.True(WinogradPlan.TryCreate(pass, new ConvGeometry(c.Kernel, Shape.Create(x), Shape.Create(w), Shape.Create(y)), out var plan));
            SameBits(
                c.ToString(), random, pass, c.Output, c.A, c.B,
                ("single numbers", (o, a, b, bias) => CpuConv.Winograd<float, GemmVectors.One<float>, float, GemmVectors.One<float>>(plan, pass, o, a, b, bias)),
                ("128 bits", (o, a, b, bias) => CpuConv.Winograd<Vector128<float>, GemmVectors.Single128, Vector128<float>, GemmVectors.Single128>(plan, pass, o, a, b, bias)),
                ("256 bits", (o, a, b, bias) => CpuConv.Winograd<Vector256<float>, GemmVectors.Single256, Vector256<float>, GemmVectors.Single256>(plan, pass, o, a, b, bias)),
                ("512 bits", (o, a, b, bias) => CpuConv.Winograd<Vector512<float>, GemmVectors.Single512, Vector256<float>, GemmVectors.Single256>(plan, pass, o, a, b, bias)));
        }
    }
}
