using Firesteel.Plots;

namespace Firesteel.Tests.Plots;

public class ColormapTests
{
    [Theory]
    [InlineData("viridis", 0, "#440154")]
    [InlineData("viridis", 1, "#fde725")]
    [InlineData("viridis_r", 0, "#fde725")]
    [InlineData("gray", 0.2, "#333333")]
    [InlineData("gray", -3, "#000000")]
    [InlineData("gray", 7, "#ffffff")]
    [InlineData("RdBu", 0.5, "#f7f7f7")]
    [InlineData("tab10", 0.35, "#d62728")]
    public void ColoursAreThePublishedOnes(string map, double t, string expected) =>
        Assert.Equal(expected, Colormap.Parse(map).At(t).ToString());

    [Fact]
    public void UnknownNamesListTheKnownOnes()
    {
        var error = Assert.Throws<ArgumentException>(() => Colormap.Parse("jet"));
        Assert.Contains("'jet'", error.Message, StringComparison.Ordinal);
        Assert.Contains("viridis, magma, gray, Blues, RdBu, coolwarm, tab10", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AScaleReachesFromTheLeastToTheGreatestFiniteValue()
    {
        var scale = ColorScale.For(Colormap.Parse("gray"), [double.NaN, 2, 4, double.PositiveInfinity], null, null);
        Assert.Equal((2.0, 4.0), (scale.Low, scale.High));
        Assert.Equal("#808080", scale.At(3).ToString());
        Assert.Throws<ArgumentException>(() => ColorScale.For(Colormap.Parse("gray"), [1], 3, 2));
        Assert.Throws<ArgumentException>(() => ColorScale.For(Colormap.Parse("gray"), [1], double.NaN, 2));
    }
}
