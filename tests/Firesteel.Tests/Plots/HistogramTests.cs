using Firesteel.Plots;

namespace Firesteel.Tests.Plots;

public class HistogramTests
{
    // numpy.histogram([1, 2, 1, 4, 2.5, 0], bins=4) is ([1, 2, 2, 1], [0, 1, 2, 3, 4]).
    [Fact]
    public void CountsAreNumPys()
    {
        var (edges, counts) = Histogram.Count([1, 2, 1, 4, 2.5, 0, double.NaN], 4);
        Assert.Equal([0, 1, 2, 3, 4], edges);
        Assert.Equal([1, 2, 2, 1], counts);
    }

    [Fact]
    public void EmptyAndConstantDataHaveBins()
    {
        Assert.Equal([0, 0], Histogram.Count([], 2).Counts);
        var (edges, counts) = Histogram.Count([3, 3], 2);
        Assert.Equal([2.5, 3, 3.5], edges);
        Assert.Equal([0, 2], counts);
    }
}
