namespace Firesteel.Tests.Ops;

public class SummationTests
{
    /// <summary>A literal 0 converts to every enum; it must mean the dimension all the same.</summary>
    [Fact]
    public void ALiteralZeroIsADimension()
    {
        var x = Tensor.From(new float[,] { { 1, 2 }, { 3, 4 } });
        Assert.Equal([4f, 6], x.Sum(0).ToArray<float>());
        Assert.Equal([2f, 3], x.Mean(0).ToArray<float>());
        Assert.Equal([3f, 8], x.Prod(0).ToArray<float>());
        Assert.Equal([4f, 6], x.Nansum(0).ToArray<float>());
        Assert.Equal([2f, 3], x.Nanmean(0).ToArray<float>());
    }
}
