namespace Firesteel.Tests.Ops;

public class UniqueTests
{
    private static Tensor Table() => Tensor.From(new long[,] { { 1, 2, 1, 2 }, { 3, 0, 3, 0 }, { 1, 2, 1, 2 } });

    [Fact]
    public void Elements()
    {
        var (output, inverse, counts) = Table().Unique(returnInverse: true, returnCounts: true);
        Assert.Equal([0L, 1, 2, 3], output.ToArray<long>());
        Assert.Equal(Table().ToArray<long>(), inverse!.ToArray<long>());
        Assert.Equal([2L, 4, 4, 2], counts!.ToArray<long>());
    }

    [Fact]
    public void Slices()
    {
        var (output, inverse, counts) = Table().Unique(returnInverse: true, returnCounts: true, dim: 0);
        Assert.Equal([1L, 2, 1, 2, 3, 0, 3, 0], output.ToArray<long>());
        Assert.Equal([0L, 1, 0], inverse!.ToArray<long>());
        Assert.Equal([2L, 1], counts!.ToArray<long>());
        Assert.Equal([1L, 2, 3, 0, 1, 2], Table().Unique(dim: 1).ToArray<long>());
    }

    [Fact]
    public void RunsOfEquals()
    {
        var (output, inverse, counts) = Tensor.From(new long[] { 1, 1, 2, 2, 1 }).UniqueConsecutive(returnInverse: true, returnCounts: true);
        Assert.Equal([1L, 2, 1], output.ToArray<long>());
        Assert.Equal([0L, 0, 1, 1, 2], inverse!.ToArray<long>());
        Assert.Equal([2L, 2, 1], counts!.ToArray<long>());
        Assert.Equal(0, Tensor.Zeros(0).Unique().NumElements);
    }
}
