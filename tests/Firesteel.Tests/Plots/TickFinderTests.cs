using Firesteel.Plots;

namespace Firesteel.Tests.Plots;

public class TickFinderTests
{
    private static string Labels(double low, double high, int most, bool log = false, bool whole = false) =>
        string.Join(" ", TickFinder.Find(low, high, log, most, whole).Where(t => t.IsMajor).Select(t => t.ToString()));

    [Theory]
    [InlineData(0, 1, 6, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [InlineData(0, 10, 6, "0 2 4 6 8 10")]
    [InlineData(0, 100, 5, "0 50 100")]
    [InlineData(-1, 1, 5, "−1.0 −0.5 0.0 0.5 1.0")]
    [InlineData(1, -1, 5, "−1.0 −0.5 0.0 0.5 1.0")]
    [InlineData(0.13, 0.47, 5, "0.2 0.3 0.4")]
    [InlineData(-7, 23, 5, "0 10 20")]
    [InlineData(0, 3e7, 4, "0 1×10^7 2×10^7 3×10^7")]
    [InlineData(0, 5e-8, 6, "0 1×10^−8 2×10^−8 3×10^−8 4×10^−8 5×10^−8")]
    [InlineData(-2e-9, 2e-9, 5, "−2×10^−9 −1×10^−9 0 1×10^−9 2×10^−9")]
    [InlineData(1000001, 1000003, 3, "1000001 1000002 1000003")]
    [InlineData(-1e308, 1e308, 3, "−1×10^308 0 1×10^308")]
    public void LinearTicksAreTheKnownRoundNumbers(double low, double high, int most, string expected) =>
        Assert.Equal(expected, Labels(low, high, most));

    [Theory]
    [InlineData(0, 4, 12, "0 1 2 3 4")]
    [InlineData(0, 300, 4, "0 100 200 300")]
    public void WholeNumbersGetNoTicksBetweenThem(double low, double high, int most, string expected) =>
        Assert.Equal(expected, Labels(low, high, most, whole: true));

    [Theory]
    [InlineData(1, 1000, 8, "1 10 100 1000")]
    [InlineData(1e-5, 1, 8, "10^−5 10^−4 10^−3 10^−2 10^−1 10^0")]
    [InlineData(1e-12, 1, 4, "10^−12 10^−8 10^−4 10^0")]
    [InlineData(0.15, 0.9, 5, "0.2 0.5")]
    public void LogarithmicTicksArePowersOfTen(double low, double high, int most, string expected) =>
        Assert.Equal(expected, Labels(low, high, most, log: true));

    [Fact]
    public void ADecadeHasATickAtEachMultipleAndLabelsAtItsEnds()
    {
        var ticks = TickFinder.Find(1, 10, log: true, most: 5);
        Assert.Equal(Enumerable.Range(1, 10).Select(i => (double)i), ticks.Select(t => t.Value).Order());
        Assert.Equal("1 10", Labels(1, 10, 5, log: true));
    }

    [Theory]
    [InlineData(0, 1, 6, 2, -1)]
    [InlineData(0, 1, 5, 5, -1)]
    [InlineData(0, 1, 11, 1, -1)]
    [InlineData(0, 900, 10, 1, 2)]
    [InlineData(0, 901, 10, 2, 2)]
    public void TheStepIsTheSmallestThatFits(double low, double high, int most, int mantissa, int exponent) =>
        Assert.Equal((mantissa, exponent), TickFinder.Step(low, high, most));

    [Fact]
    public void AnyRangeHasFewTicksInsideItThatRiseByARoundStep()
    {
        const int Seed = 20240229;
        var random = new Random(Seed);
        for (var i = 0; i < 2000; i++)
        {
            var size = Math.Pow(10, (random.NextDouble() * 560) - 270);
            var low = (random.NextDouble() - 0.5) * size;
            var high = low + (random.NextDouble() * size) + (size * 1e-3);
            var most = random.Next(2, 15);
            var ticks = TickFinder.Find(low, high, log: false, most);
            var context = $"seed {Seed}, {low:R} to {high:R}, {most}: {string.Join(" ", ticks)}";
            Assert.True(ticks.Count <= most, context);
            // A step is at most 2.5 times the smallest that would do, so there are ticks unless very few were asked for.
            Assert.True(most < 4 || ticks.Count >= (most - 1) / 2.5 - 1, context);
            var slack = (high - low) * 1e-6;
            Assert.True(ticks.All(t => t.Value >= low - slack && t.Value <= high + slack), context);
            Assert.True(ticks.Select(t => t.ToString()).Distinct().Count() == ticks.Count, context);
        }
    }

    [Fact]
    public void ARangeTooNarrowForDoublesEnds() =>
        Assert.True(TickFinder.Find(1e16, 1e16 + 2, log: false, most: 10).Count <= 11);
}
