using Firesteel.Plots;

namespace Firesteel.Tests.Plots;

public class AxisTests
{
    [Fact]
    public void LinearMapIsProportional()
    {
        var axis = new Axis(-1, 3, log: false);
        axis.Place(100, 500);
        Assert.Equal([100, 200, 300, 500], new[] { -1.0, 0, 1, 3 }.Select(axis.Map));
    }

    [Fact]
    public void LogarithmicMapIsProportionalToTheExponent()
    {
        var axis = new Axis(0.01, 100, log: true);
        axis.Place(400, 0);
        Assert.Equal(400, axis.Map(0.01), 9);
        Assert.Equal(200, axis.Map(1), 9);
        Assert.Equal(100, axis.Map(10), 9);
        Assert.True(double.IsNaN(axis.Map(0)) && double.IsNaN(axis.Map(-1)));
    }

    [Fact]
    public void WhatCannotBeDrawnIsNotANumber()
    {
        var axis = new Axis(0, 1, log: false);
        axis.Place(0, 1);
        Assert.True(double.IsNaN(axis.Map(double.NaN)) && double.IsNaN(axis.Map(double.NegativeInfinity)));
    }
}
