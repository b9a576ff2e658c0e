namespace Firesteel.Tests.Ops;

public class PowersTests
{
    [Fact]
    public void IntegerPowers()
    {
        Assert.Equal([0, 9], Tensor.From(new long[] { 2, 3 }).Pow(Tensor.From(new long[] { -1, 2 })).ToArray<long>());
        Assert.Equal([0], Tensor.From(new byte[] { 2 }).Pow(9).ToArray<byte>());
        Assert.Equal(DType.Int64, Tensor.From(new[] { true }).Pow(2).DType);
        Assert.Equal(DType.Float32, Tensor.From(new long[] { 4 }).Pow(0.5).DType);
        Assert.Contains("negative integer powers", Assert.Throws<ArgumentException>(() => Tensor.From(new long[] { 2 }).Pow(-1)).Message);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(2.5)]
    public void GradientOfThePowerIsFiniteAtZero(double exponent)
    {
        var x = Tensor.From(new[] { 0.0, 2 }).RequiresGradInPlace();
        x.Pow(exponent).Sum().Backward();
        Assert.Equal([exponent == 1 ? 1 : 0, exponent * Math.Pow(2, exponent - 1)], x.Grad!.ToArray<double>().Select(g => Math.Round(g, 12)).ToArray(), (a, b) => Math.Abs(a - b) < 1e-11);
    }

    [Fact]
    public void ShortPowersEqualTheGeneralOne()
    {
        var x = Tensor.From(new[] { 0.3, 1, 1.7, 42 });
        foreach (double exponent in new[] { 2, 3, 0.5, -0.5, -1, -2 })
            Assert.True(x.Pow(exponent).Allclose(x.Pow(Tensor.FullLike(x, exponent)), rtol: 1e-15, atol: 0), $"exponent {exponent}");
    }

    [Fact]
    public void FloatPowerInPlaceNeedsDoubles() =>
        Assert.Contains("float64", Assert.Throws<ArgumentException>(() => Tensor.Ones(2).FloatPowerInPlace(2)).Message);
}
