namespace Firesteel.Tests.Ops;

public class SearchingTests
{
    [Fact]
    public void SortedSequencesAndSets()
    {
        var sequence = Tensor.From(new[,] { { 1f, 3, 3, 7 }, { 2, 4, 6, float.NaN } });
        var values = Tensor.From(new[,] { { 3f, 8, 0 }, { float.NaN, 4, 5 } });
        Assert.Equal([1L, 4, 0, 3, 1, 2], Tensor.Searchsorted(sequence, values).ToArray<long>());
        Assert.Equal([3L, 4, 0, 4, 2, 2], Tensor.Searchsorted(sequence, values, side: "right").ToArray<long>());
        Assert.Equal(DType.Int32, Tensor.Bucketize(values, Tensor.From(new[] { 1f, 5 }), outInt32: true).DType);
        Assert.Throws<ArgumentException>(() => Tensor.Searchsorted(sequence, values.Double()));
        Assert.Throws<ArgumentException>(() => Tensor.Searchsorted(sequence, values, right: true, side: "left"));
        Assert.Equal([true, false, true], Tensor.Isin(Tensor.Arange(1, 4), Tensor.From(new long[] { 3, 1 })).ToArray<bool>());
        Assert.Equal([false, true, true], Tensor.Isin(Tensor.Arange(1, 4), 1, invert: true).ToArray<bool>());
    }
}
