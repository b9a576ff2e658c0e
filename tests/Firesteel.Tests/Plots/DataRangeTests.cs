using Firesteel.Plots;

namespace Firesteel.Tests.Plots;

public class DataRangeTests
{
    private static (double Low, double High) Limits(bool log, params double[] values)
    {
        var range = new DataRange(log);
        foreach (var value in values)
            range.Add(value);
        return range.Limits();
    }

    [Fact]
    public void DataGetFivePercentOnBothSides() => Assert.Equal((-5.0, 105.0), Limits(false, 0, 100, 50));

    [Fact]
    public void NoDataGiveZeroToOne()
    {
        Assert.Equal((0.0, 1.0), Limits(false));
        Assert.Equal((0.0, 1.0), Limits(false, double.NaN, double.PositiveInfinity));
        Assert.Equal((1.0, 10.0), Limits(true, 0, -3));
    }

    [Fact]
    public void ConstantDataLieInTheMiddle()
    {
        Assert.Equal((-0.5, 0.5), Limits(false, 0, 0));
        Assert.Equal((95.0, 105.0), Limits(false, 100));
        var (low, high) = Limits(true, 10);
        Assert.Equal(Math.Sqrt(10), low, 12);
        Assert.Equal(10 * Math.Sqrt(10), high, 10);
    }

    [Fact]
    public void TheGreatestRangeStaysFinite()
    {
        var (low, high) = Limits(false, -double.MaxValue, double.MaxValue);
        Assert.True(double.IsFinite(low) && double.IsFinite(high) && low < high);
        var axis = new Axis(low, high, log: false);
        axis.Place(0, 100);
        Assert.Equal(50, axis.Map(0), 9);
    }

    [Fact]
    public void EdgesGetNoMargin()
    {
        var range = new DataRange(log: false);
        range.AddEdge(0);
        range.Add(10);
        Assert.Equal((0.0, 10.5), range.Limits());
    }
}
