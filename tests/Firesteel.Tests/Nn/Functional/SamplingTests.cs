using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Nn;

public class SamplingTests
{
    private static void Close(double[] expected, Tensor actual, double tolerance = 1e-12)
    {
        var values = actual.ToArray<double>();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], values[i], tolerance);
    }

    // The numbers of this file are PyTorch 1.13's.
    [Theory]
    [InlineData("bilinear", "zeros", -0.3059104797198934, -0.2710453669788949)]
    [InlineData("bilinear", "border", -0.4370149710284193, -0.37749341017813437)]
    [InlineData("bilinear", "reflection", -0.42759915697828815, -0.205786439469766)]
    [InlineData("nearest", "zeros", -0.9999902065507035, -0.5365729180004349)]
    public void VolumesAreSampled(string mode, string padding, double first, double second)
    {
        var volume = Tensor.Arange(24, dtype: DType.Float64).Sin().Reshape(1, 1, 2, 3, 4);
        var grid = (Tensor.Arange(6, dtype: DType.Float64).Cos() * 1.2).Reshape(1, 1, 1, 2, 3);
        Close([first, second], F.GridSample(volume, grid, mode, padding, true));
    }

    [Fact]
    public void AffineGridsEqualPyTorch()
    {
        var theta = Tensor.From(new[,,] { { { 1, 0.5, 0.1 }, { 0, 2, -0.3 } } });
        Close([-0.8166666666666667, -1.3, -0.15, -1.3, 0.5166666666666666, -1.3, -0.31666666666666665, 0.7, 0.35, 0.7, 1.0166666666666666, 0.7], F.AffineGrid(theta, [1, 1, 2, 3]));
        Close([-1.4, -2.3, -0.4, -2.3, 0.6, -2.3, -0.4, 1.7, 0.6, 1.7, 1.6, 1.7], F.AffineGrid(theta, [1, 1, 2, 3], alignCorners: true));
    }

    [Fact]
    public void ModesOfInterpolation()
    {
        var x = Tensor.Arange(5, dtype: DType.Float32).Reshape(1, 1, 5);
        Close([0, 1, 1, 2, 3, 3, 4], F.Interpolate(x, 7, mode: "nearest-exact"));
        Close([0, 2, 4], F.Interpolate(x, 3, mode: "nearest-exact"));
        Close([0, 0.5714285969734192, 1.2857143878936768, 2, 2.7142858505249023, 3.4285714626312256, 4], F.Interpolate(x, scaleFactor: 1.5, mode: "linear", recomputeScaleFactor: true), 1e-6);
    }

    [Fact]
    public void BadArgumentsAreRefused()
    {
        var x = Tensor.Ones(1, 1, 4, 4);
        Assert.Throws<ArgumentException>(() => F.Interpolate(x));
        Assert.Throws<ArgumentException>(() => F.Interpolate(x, 2, 2.0));
        Assert.Throws<ArgumentException>(() => F.Interpolate(x, 2, mode: "linear"));
        Assert.Throws<ArgumentException>(() => F.Interpolate(x, 2, mode: "nearest", alignCorners: true));
        Assert.Throws<ArgumentException>(() => F.Interpolate(x, 0));
        Assert.Throws<ArgumentException>(() => F.GridSample(x, Tensor.Ones(1, 2, 2, 3)));
        Assert.Throws<ArgumentException>(() => F.GridSample(x, Tensor.Ones(2, 2, 2, 2)));
        Assert.Throws<ArgumentException>(() => F.GridSample(x, Tensor.Ones(1, 2, 2, 2), "cubic"));
        Assert.Throws<ArgumentException>(() => F.AffineGrid(Tensor.Ones(1, 3, 3), [1, 1, 2, 2]));
    }
}
