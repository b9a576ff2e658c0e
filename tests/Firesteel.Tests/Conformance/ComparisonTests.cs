using Firesteel.Conformance;

namespace Firesteel.Tests.Conformance;

public class ComparisonTests
{
    [Theory]
    [InlineData(1.0, 1.0, true)]
    [InlineData(double.NaN, double.NaN, true)]
    [InlineData(double.NaN, 1.0, false)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity, true)]
    [InlineData(double.PositiveInfinity, double.NegativeInfinity, false)]
    [InlineData(1e300, double.PositiveInfinity, false)]
    [InlineData(1 + 1.9e-7, 1.0, true)]
    [InlineData(1 + 2.1e-7, 1.0, false)]
    public void ClosenessIsThatOfAssertClose(double got, double want, bool close) => Assert.Equal(close, Comparison.Close(got, want, 1e-7, 1e-7));

    [Fact]
    public void TellsTheWorstOfTheDifferences()
    {
        string? text = Comparison.RealDifference([1, 2.5, 3, 4.1], [1, 2, 3, 4], 1e-7, 1e-7, [2, 2], "output");
        Assert.Equal("output: 2 of 4 values differ, worst by 5.0e-1 (relative 2.5e-1) at [0,1]: 2.5 instead of 2", text);
        Assert.Null(Comparison.RealDifference([1, double.NaN], [1, double.NaN], 0, 0, [2], "output"));
    }

    [Theory]
    [InlineData("linalg.qr,add", "add", true)]
    [InlineData("linalg.qr,add", "addmm", false)]
    [InlineData("linalg.*", "linalg.pinv.singular", true)]
    [InlineData("linalg.pinv", "linalg.pinv.singular", true)]
    [InlineData("div", "div.floor_rounding", true)]
    [InlineData("div", "true_divide", false)]
    [InlineData("linalg", "linalg.qr", false)]
    [InlineData(null, "anything", true)]
    [InlineData("modules/nn.LSTM*", "add", false)]
    public void FiltersTakeVariantsAlong(string? filter, string key, bool matches) => Assert.Equal(matches, new CaseFilter(filter).Matches("ops", key));

    [Theory]
    [InlineData("diag: matrix expected", true)]
    [InlineData("got [2, 3]", true)]
    [InlineData("dim1 is out of range", true)]
    [InlineData("10000 is too large", true)]
    [InlineData("Index was outside the bounds of the array.", false)]
    [InlineData("", false)]
    public void AnErrorMessageHasToSaySomething(string message, bool says)
    {
        var c = new OpCase(0, "", new TensorValue("x", "float32", [2, 3], null, false, null), [], [("dim1", new IntValue(10000))], NoneValue.Instance, null);
        Assert.Equal(says, ErrorRunner.Says(message, "diag", c));
    }
}
