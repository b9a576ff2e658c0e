namespace Firesteel.Tests.Ops;

public class HistogramsTests
{
    [Fact]
    public void CountsAndBadInput()
    {
        var x = Tensor.From(new[] { 1f, 2, 2.5f, 7, 9, 10, -1 });
        Assert.Equal([3f, 0, 0, 2], x.Histc(4, 1, 9).ToArray<float>());
        var (hist, edges) = Tensor.From(new[] { 0f, 0.1f, 0.2f, 0.35f, 1, 2 }).Histogram(5, range: (0, 1));
        Assert.Equal([2f, 2, 0, 0, 1], hist.ToArray<float>());
        Assert.Equal(0.6f, edges.ToArray<float>()[3], 1e-6);
        Assert.Equal([4f, 0.5f, 0, 3, 0, 0], Tensor.From(new long[] { 1, 3, 3, 0 }).Bincount(Tensor.From(new[] { 0.5f, 1, 2, 4 }), 6).ToArray<float>());
        Assert.Throws<ArgumentException>(() => Tensor.From(new long[] { -1 }).Bincount());
        Assert.Throws<NotSupportedException>(() => x.Bincount());
        Assert.Throws<ArgumentException>(() => x.Histc(0));
        Assert.Throws<ArgumentException>(() => x.Histogram(3, range: (2, 1)));
    }
}
