namespace Firesteel.Tests.Ops;

public class ClassificationTests
{
    private const float Inf = float.PositiveInfinity;

    [Fact]
    public void InfinitiesAreCloseToThemselvesOnly()
    {
        var a = Tensor.From(new[] { Inf, Inf, -Inf, float.NaN, 1 });
        var b = Tensor.From(new[] { Inf, -Inf, 1, float.NaN, 1.000005f });
        Assert.Equal([true, false, false, false, true], a.Isclose(b).ToArray<bool>());
        Assert.Equal([true, false, false, true, true], a.Isclose(b, equalNan: true).ToArray<bool>());
        Assert.False(a.Allclose(b));
    }

    [Fact]
    public void LargeIntegersAreComparedExactly()
    {
        var a = Tensor.From(new[] { (1L << 60) + 1 });
        Assert.False(a.Isclose(Tensor.From(new[] { 1L << 60 }), rtol: 0, atol: 0).ToArray<bool>()[0]);
        Assert.True(a.Isclose(Tensor.From(new[] { 1L << 60 })).ToArray<bool>()[0]);
    }

    [Fact]
    public void WrongArguments()
    {
        var x = Tensor.Ones(2);
        Assert.Contains("rtol must be greater than or equal to zero", Assert.Throws<ArgumentException>(() => x.Isclose(x, rtol: -0.4)).Message);
        Assert.Throws<ArgumentException>(() => x.Isclose(x, atol: double.NaN));
        Assert.Contains("did not match", Assert.Throws<ArgumentException>(() => x.Isclose(x.Double())).Message);
        Assert.Contains("same dtype", Assert.Throws<ArgumentException>(() => x.Equal(x.Double())).Message);
    }

    [Fact]
    public void EqualLooksAtShapesAndElements()
    {
        Assert.True(Tensor.Ones(0, 3).Equal(Tensor.Ones(0, 3)));
        Assert.False(Tensor.Ones(2, 1).Equal(Tensor.Ones(2)));
        Assert.False(Tensor.From(new[] { float.NaN }).Equal(Tensor.From(new[] { float.NaN })));
    }

    [Fact]
    public void SignOfZeroIsSeen() => Assert.Equal([true, false, true], Tensor.From(new[] { -0f, 0, -Inf }).Signbit().ToArray<bool>());
}
