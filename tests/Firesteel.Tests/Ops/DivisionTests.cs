namespace Firesteel.Tests.Ops;

public class DivisionTests
{
    private static readonly Tensor s_a = Tensor.From(new long[] { 5, -5, 7 });
    private static readonly Tensor s_b = Tensor.From(new long[] { -3, 3, 2 });

    [Fact]
    public void IntegersRoundAsAsked()
    {
        Assert.Equal([-2, -2, 3], s_a.FloorDivide(s_b).ToArray<long>());
        Assert.Equal([-1, -1, 3], s_a.Div(s_b, "trunc").ToArray<long>());
        Assert.Equal([-1, 1, 1], (s_a % s_b).ToArray<long>());
        Assert.Equal([2, -2, 1], s_a.Fmod(s_b).ToArray<long>());
        Assert.Equal(DType.Float32, s_a.Div(s_b).DType);
    }

    [Fact]
    public void FloatsFloorAsPython()
    {
        Assert.Equal([9, -10, 49], Tensor.From(new[] { 1f, -1, 5 }).FloorDivide(0.1).ToArray<float>());
        Assert.Equal([0, -1], Tensor.From(new[] { 3f, -3 }).FloorDivide(double.PositiveInfinity).ToArray<float>());
        Assert.Equal([float.PositiveInfinity, 3], Tensor.From(new[] { -3f, 3 }).Remainder(double.PositiveInfinity).ToArray<float>());
    }

    [Fact]
    public void SmallestIntegerByMinusOneDoesNotTrap()
    {
        var smallest = Tensor.From(new[] { long.MinValue });
        Assert.Equal(long.MinValue, smallest.FloorDivide(-1).Item<long>());
        Assert.Equal(long.MinValue, smallest.Div(-1, "trunc").Item<long>());
        Assert.Equal(0, smallest.Remainder(-1).Item<long>());
        Assert.Equal(0, smallest.Fmod(-1).Item<long>());
    }

    [Theory]
    [InlineData(3)]
    [InlineData(200_000)]
    public void IntegerDivisionByZeroThrows(long size)
    {
        var a = Tensor.Ones([size], DType.Int32);
        Assert.Throws<DivideByZeroException>(() => a.FloorDivide(0));
        Assert.Throws<DivideByZeroException>(() => a.Remainder(Tensor.Zeros([size], DType.Int32)));
        Assert.Equal(size, a.Add(0).Sum().Item());
    }

    [Fact]
    public void WrongArguments()
    {
        Assert.Contains("found 'up'", Assert.Throws<ArgumentException>(() => s_a.Div(s_b, "up")).Message);
        Assert.Contains("result type", Assert.Throws<ArgumentException>(() => Tensor.From(new long[] { 1 }).DivInPlace(2)).Message);
        Assert.Contains("addcdiv", Assert.Throws<NotSupportedException>(() => s_a.Addcdiv(s_a, s_b)).Message);
        Assert.Contains("alpha", Assert.Throws<ArgumentException>(() => s_a.Add(s_b, alpha: 1.5)).Message);
    }
}
