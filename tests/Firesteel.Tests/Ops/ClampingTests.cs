namespace Firesteel.Tests.Ops;

public class ClampingTests
{
    [Fact]
    public void BoundsThatCrossGiveTheMaximum() => Assert.Equal([2, 2, 2], Tensor.From(new[] { 1f, 2, 3 }).Clamp(3, 2).ToArray<float>());

    [Fact]
    public void NanStaysAndFmaxDropsIt()
    {
        var x = Tensor.From(new[] { float.NaN, 1 });
        var y = Tensor.From(new[] { 2, float.NaN });
        Assert.Equal([float.NaN, 1], x.Clamp(0, 5).ToArray<float>());
        Assert.Equal([float.NaN, float.NaN], x.Maximum(y).ToArray<float>());
        Assert.Equal([2, 1], x.Fmax(y).ToArray<float>());
        Assert.Equal([2, 1], x.Fmin(y).ToArray<float>());
    }

    [Fact]
    public void TheBoundItselfPassesTheGradient()
    {
        var x = Tensor.From(new[] { -2f, -1, 0, 1, 2 }).RequiresGradInPlace();
        x.Clamp(-1, 1).Sum().Backward();
        Assert.Equal([0, 1, 1, 1, 0], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void OneBoundIsNeeded() => Assert.Contains("at least one of 'min' or 'max'", Assert.Throws<ArgumentException>(() => Tensor.Ones(2).Clamp()).Message);

    [Fact]
    public void DTypeFollowsTheBounds()
    {
        var x = Tensor.From(new long[] { 1, 2 });
        Assert.Equal(DType.Int64, x.Clamp(0, 1).DType);
        Assert.Equal([1.5f, 2], x.Clamp(min: 1.5).ToArray<float>());
        Assert.Throws<ArgumentException>(() => x.ClampInPlace(min: 1.5));
        Assert.Equal([1, 2], x.ToArray<long>());
    }
}
