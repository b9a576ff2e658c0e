namespace Firesteel.Tests.Ops;

public class FloatingPointPartsTests
{
    [Fact]
    public void FrexpOfExtremes()
    {
        var (mantissa, exponent) = Tensor.From(new[] { 0, double.Epsilon, 1e308, -3, double.PositiveInfinity }).Frexp();
        Assert.Equal([0, 0.5, 1e308 / Math.ScaleB(1, 1023) / 2, -0.75, double.PositiveInfinity], mantissa.ToArray<double>());
        Assert.Equal([0, -1073, 1024, 2, 0], exponent.ToArray<int>());
        Assert.Throws<NotSupportedException>(() => Tensor.From(new long[] { 1 }).Frexp());
    }

    [Fact]
    public void NanToNumTakesTheLargestOfTheDType() =>
        Assert.Equal([0, 65504, -65504], Tensor.From(new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity }).Half().NanToNum().ToArray<float>());

    [Fact]
    public void HeavisideWantsOneDType()
    {
        Assert.Equal([0, 0.5f, 1], Tensor.From(new[] { -2f, 0, 3 }).Heaviside(Tensor.From(new[] { 0.5f })).ToArray<float>());
        Assert.Contains("different dtypes", Assert.Throws<NotSupportedException>(() => Tensor.Ones(2).Heaviside(Tensor.Ones([2], DType.Float64))).Message);
    }

    [Fact]
    public void NextafterIsRefusedInHalfPrecision() => Assert.Throws<NotSupportedException>(() => Tensor.Ones(2).Half().Nextafter(Tensor.Ones(2).Half()));

    [Fact]
    public void RoundingHalvesAndDecimals()
    {
        Assert.Equal([0, 2, 2, -0f], Tensor.From(new[] { 0.5f, 1.5f, 2.5f, -0.5f }).Round().ToArray<float>());
        Assert.Equal(1200, Tensor.From(new[] { 1234.567 }).Round(-2).Item());
        Assert.Throws<NotSupportedException>(() => Tensor.From(new long[] { 15 }).Round(-1));
    }

    [Fact]
    public void LogarithmsOfInfiniteArguments()
    {
        const double inf = double.PositiveInfinity;
        Tensor a = Tensor.From(new[] { inf, -inf }), b = Tensor.From(new[] { inf, -inf });
        Assert.Equal([inf, -inf], a.Logaddexp(b).ToArray<double>());
        Assert.Equal([inf, -inf], a.Logaddexp2(b).ToArray<double>());
        Assert.Equal([-inf, inf, double.NaN], Tensor.From(new[] { 0, 1, -0.1 }).Logit().ToArray<double>());
    }

    [Fact]
    public void WhereGivesPositionsOrChooses()
    {
        var at = Tensor.Where(Tensor.From(new[,] { { true, false }, { true, true } }));
        Assert.Equal([0, 1, 1], at[0].ToArray<long>());
        Assert.Equal([0, 0, 1], at[1].ToArray<long>());
        Assert.Equal(DType.Int64, Tensor.Where(Tensor.From(new[] { true }), 1, 0).DType);
        Assert.Contains("boolean", Assert.Throws<ArgumentException>(() => Tensor.Where(Tensor.Ones(2), 1, 0)).Message);
    }
}
