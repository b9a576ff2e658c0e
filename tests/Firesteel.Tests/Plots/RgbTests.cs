using Firesteel.Plots;

namespace Firesteel.Tests.Plots;

public class RgbTests
{
    // The values of matplotlib.colors.to_hex for the same names.
    [Theory]
    [InlineData("c", "#00bfbf")]
    [InlineData("r", "#ff0000")]
    [InlineData("g", "#008000")]
    [InlineData("k", "#000000")]
    [InlineData("steelblue", "#4682b4")]
    [InlineData("Grey", "#808080")]
    [InlineData("lightgrey", "#d3d3d3")]
    [InlineData("tab:orange", "#ff7f0e")]
    [InlineData("C3", "#d62728")]
    [InlineData("#1F77B4", "#1f77b4")]
    [InlineData("#17b", "#1177bb")]
    [InlineData("1", "#ffffff")]
    public void NamesMeanWhatTheyDoInMatplotlib(string name, string expected) => Assert.Equal(expected, Rgb.Parse(name).ToString());

    [Theory]
    [InlineData("r--")]
    [InlineData("#12345")]
    [InlineData("")]
    [InlineData("ActiveBorder")]
    [InlineData("tab:white")]
    [InlineData("1.5")]
    public void UnknownNamesListTheKnownOnes(string name)
    {
        var error = Assert.Throws<ArgumentException>(() => Rgb.Parse(name));
        Assert.Contains($"'{name}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("b, g, r, c, m, y, k, w", error.Message, StringComparison.Ordinal);
        Assert.Contains("steelblue", error.Message, StringComparison.Ordinal);
    }
}
