namespace Firesteel.Tests.Ops;

public class BitsTests
{
    [Fact]
    public void NotOfBoolIsLogical()
    {
        Assert.Equal([false, true], (~Tensor.From(new[] { true, false })).ToArray<bool>());
        Assert.Equal([254], (~Tensor.From(new byte[] { 1 })).ToArray<byte>());
    }

    [Fact]
    public void OperatorsOfMasks()
    {
        var x = Tensor.From(new[] { 1f, 2, 3, 4 });
        Assert.Equal([false, true, true, false], ((x > 1) & (x <= 3)).ToArray<bool>());
        Assert.Equal([true, false, false, true], ((2 > x) | (x >= 4)).ToArray<bool>());
        Assert.Equal([true, true, false, true], ((x < 3) ^ (x > 3)).ToArray<bool>());
    }

    [Fact]
    public void ShiftsWrapInTheDType()
    {
        Assert.Equal([-128], (Tensor.From(new sbyte[] { 1 }) << 7).ToArray<sbyte>());
        Assert.Equal([-1], (Tensor.From(new sbyte[] { -2 }) >> 1).ToArray<sbyte>());
    }

    [Fact]
    public void FloatsAreRefused() =>
        Assert.Contains("float32", Assert.Throws<NotSupportedException>(() => Tensor.Ones(2) & Tensor.From(new long[] { 1, 2 })).Message);

    [Fact]
    public void DivisorsOfExtremes()
    {
        var a = Tensor.From(new[] { long.MinValue, 0, 12 });
        Assert.Equal([1, 0, 6], a.Gcd(Tensor.From(new long[] { -1, 0, -18 })).ToArray<long>());
        Assert.Equal([0, 12, 12], Tensor.From(new long[] { 0, 4, -6 }).Lcm(Tensor.From(new long[] { 0, 6, 4 })).ToArray<long>());
        Assert.Throws<NotSupportedException>(() => Tensor.Ones(2).Gcd(Tensor.Ones(2)));
    }
}
