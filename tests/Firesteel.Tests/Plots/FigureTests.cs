using System.Globalization;
using System.Xml.Linq;
using Firesteel.Plots;

namespace Firesteel.Tests.Plots;

public class FigureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private static XElement Parse(Figure figure) => XDocument.Parse(figure.ToSvg()).Root!;

    private static Box Plot(XElement svg, int index = 0)
    {
        var r = svg.Elements(Svg + "clipPath").ElementAt(index).Element(Svg + "rect")!;
        return new Box(Number(r, "x"), Number(r, "y"), Number(r, "width"), Number(r, "height"));
    }

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    private static List<XElement> Data(XElement svg, string name) =>
        [.. svg.Elements(Svg + "g").Where(g => g.Attribute("clip-path") is not null).SelectMany(g => g.Descendants(Svg + name))];

    private static string[] Texts(XElement svg) => [.. svg.Descendants(Svg + "text").Select(t => t.Value)];

    [Fact]
    public void PointsLieWhereArithmeticPutsThem()
    {
        var figure = new Figure(8, 5);
        figure.Scatter([0, 1, 4], [10, 20, 30]);
        figure.XLim(0, 4);
        figure.YLim(0, 40);
        var svg = Parse(figure);
        Assert.Equal(("800", "500"), (svg.Attribute("width")!.Value, svg.Attribute("height")!.Value));
        var plot = Plot(svg);
        var circles = Data(svg, "circle");
        Assert.Equal(3, circles.Count);
        Assert.Equal(plot.Left, Number(circles[0], "cx"), 0.011);
        Assert.Equal(plot.Left + (plot.Width / 4), Number(circles[1], "cx"), 0.011);
        Assert.Equal(plot.Right, Number(circles[2], "cx"), 0.011);
        Assert.Equal(plot.Top + (plot.Height * 3 / 4), Number(circles[0], "cy"), 0.011);
        Assert.Equal(plot.CenterY, Number(circles[1], "cy"), 0.011);
        Assert.Equal(plot.Top + (plot.Height / 4), Number(circles[2], "cy"), 0.011);
    }

    [Fact]
    public void TextOfTheUserIsEscapedAndComesBackWhole()
    {
        var figure = new Figure();
        figure.Plot([1, 2], label: "train <a & \"b\">");
        figure.Title("ünï 損失 \U0001F525 'x' ]]>");
        figure.XLabel("bad\u0001control\uD800");
        figure.Legend();
        var texts = Texts(Parse(figure));
        Assert.Contains("train <a & \"b\">", texts);
        Assert.Contains("ünï 損失 \U0001F525 'x' ]]>", texts);
        Assert.Contains("bad\uFFFDcontrol\uFFFD", texts);
    }

    [Fact]
    public void ValuesThatAreNotFiniteLeaveGaps()
    {
        var figure = new Figure();
        figure.Plot([1, 2, double.NaN, 3, double.PositiveInfinity, 4, 5]);
        var path = Data(Parse(figure), "path").Single().Attribute("d")!.Value;
        Assert.Equal(3, path.Count(c => c == 'M'));
        Assert.Equal(2, path.Count(c => c == 'L'));
        Assert.Equal(1, path.Count(c => c == 'h')); // the lonely 3 is a dot
        Assert.DoesNotContain("NaN", path, StringComparison.Ordinal);
    }

    [Fact]
    public void ALogarithmicAxisLeavesOutWhatIsNotPositive()
    {
        var figure = new Figure();
        figure.Plot([1, 0, 10, 100, -5]);
        figure.YScale("log");
        var path = Data(Parse(figure), "path").Single().Attribute("d")!.Value;
        Assert.Equal(2, path.Count(c => c == 'M'));
        Assert.Equal(1, path.Count(c => c == 'L'));
    }

    [Fact]
    public void TheSameCallsGiveTheSameTextInEveryCulture()
    {
        static string Draw()
        {
            var figure = new Figure(10, 4, 1, 2);
            figure.Plot([0.25, 1.5, -2.75], label: "a");
            figure.Legend();
            figure[1].HeatMap(new double[,] { { 1.5, 2 }, { 3, double.NaN } }, annotate: true);
            return figure.ToSvg();
        }

        var first = Draw();
        var before = CultureInfo.CurrentCulture;
        try
        {
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            comma.NumberFormat.NegativeSign = "~";
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(first, Draw());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData(new double[0])]
    [InlineData(new[] { 3.0 })]
    [InlineData(new[] { 0.0, 0, 0 })]
    [InlineData(new[] { double.NaN, double.NegativeInfinity })]
    [InlineData(new[] { -double.MaxValue, double.MaxValue })]
    [InlineData(new[] { 1e-320, 2e-320 })]
    [InlineData(new[] { 1e300, -1e-300 })]
    [InlineData(new[] { 1e16, 1e16 + 2 })]
    public void AnyDataDrawASaneAxis(double[] values)
    {
        foreach (var scale in new[] { "linear", "log" })
        {
            var figure = new Figure();
            figure.Plot(values, marker: "o");
            figure.Scatter(values, values);
            figure.Hist(values);
            figure.YScale(scale);
            var text = figure.ToSvg();
            var svg = XDocument.Parse(text).Root!;
            Assert.InRange(Texts(svg).Length, 2, 60);
            Assert.DoesNotContain("NaN", text, StringComparison.Ordinal);
            Assert.DoesNotContain("Infinity", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void EveryKindOfCollectionIsTaken()
    {
        double[] doubles = [1, 2];
        float[] floats = [1, 2];
        List<double> list = [1, 2];
        ReadOnlySpan<float> span = floats;
        var figure = new Figure();
        figure.Plot(doubles);
        figure.Plot(floats);
        figure.Plot(list);
        figure.Plot(span);
        figure.Plot(Enumerable.Range(0, 2));
        figure.Plot(doubles.Select(v => v * v));
        figure.Plot([1, 2]);
        figure.Plot(doubles, floats);
        figure.Plot(Enumerable.Range(0, 2), list);
        figure.Plot(span, span);
        figure.Scatter(doubles, list, "c");
        figure.Scatter(floats, doubles, color: "c", label: "points");
        figure.Scatter(span, span, color: "k");
        figure.Scatter(floats, floats, classes: new long[] { 0, 1 });
        figure.Scatter(list, doubles, classes: [0, 1]);
        figure.Bar(["a", "b"], list);
        figure.Hist(span);
        Assert.Equal(10, Data(Parse(figure), "path").Count);
    }

    [Fact]
    public void LaterChangesToTheDataDoNotReachThePicture()
    {
        double[] y = [1, 2, 3];
        var figure = new Figure();
        figure.Plot(y);
        var before = figure.ToSvg();
        y[1] = 100;
        Assert.Equal(before, figure.ToSvg());
    }

    [Fact]
    public void ClassesHaveTheirColoursAndNames()
    {
        var figure = new Figure();
        figure.Scatter([0, 1, 2], [0, 1, 2], classes: [1, 0, 1], labels: ["cat", "dog"]);
        figure.Legend();
        var svg = Parse(figure);
        Assert.Equal(["#ff7f0e", "#1f77b4", "#ff7f0e"], Data(svg, "circle").Select(c => c.Parent!.Attribute("fill")!.Value));
        Assert.Equal(["cat", "dog"], Texts(svg)[^2..]);
    }

    [Fact]
    public void TextsStayInsideThePicture()
    {
        var figure = new Figure(4, 3);
        figure.Bar(["a very long category name", "another rather long name", "third"], [1e9, 2e9, 3e9]);
        figure.Title("A title so long that no figure of four inches could hold it in a single line of text");
        figure.YLabel("some label that is longer than the axes are high, by far");
        figure.XLabel("x");
        foreach (var text in Parse(figure).Descendants(Svg + "text"))
        {
            var width = TextMetrics.Width(text.Value, Number(text, "font-size"));
            var anchor = text.Attribute("text-anchor")!.Value;
            var back = anchor == "start" ? 0 : anchor == "end" ? width : width / 2;
            var angle = text.Attribute("transform") is { Value: var t } ? double.Parse(t[7..t.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture) * Math.PI / 180 : 0;
            foreach (var along in new[] { -back, width - back })
            {
                Assert.InRange(Number(text, "x") + (along * Math.Cos(angle)), 0, 400);
                Assert.InRange(Number(text, "y") + (along * Math.Sin(angle)), 0, 300);
            }
        }
    }

    [Fact]
    public void SubplotsLieInTheirCells()
    {
        var figure = new Figure(9, 6, 2, 3);
        for (var i = 0; i < 6; i++)
            figure[i].Plot([1, 2]);
        Assert.Same(figure, figure[0, 0]);
        Assert.Same(figure[1, 2], figure[5]);
        var svg = Parse(figure);
        for (var i = 0; i < 6; i++)
        {
            var plot = Plot(svg, i);
            Assert.InRange(plot.Left, i % 3 * 300, plot.Right);
            Assert.InRange(plot.Right, plot.Left, (i % 3 * 300) + 300);
            Assert.InRange(plot.Bottom, plot.Top, (i / 3 * 300) + 300);
        }
        Assert.Contains("2 rows and 3 columns", Assert.Throws<ArgumentOutOfRangeException>(() => figure[2, 0]).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => figure[6]);
    }

    [Fact]
    public void AnImageIsOnePictureWithItsFirstRowOnTop()
    {
        var figure = new Figure(5, 5);
        figure.ImShow(new float[200, 200]);
        Assert.Single(Data(Parse(figure), "image"));
        Assert.Empty(Data(Parse(figure), "rect"));

        figure = new Figure(5, 5);
        figure.ImShow(new int[4, 2]);
        figure.Scatter([0], [0]);
        var svg = Parse(figure);
        var plot = Plot(svg);
        Assert.Equal(plot.Height, plot.Width * 2, 0.03);
        var point = Data(svg, "circle").Single();
        Assert.Equal(plot.Left + (plot.Width / 4), Number(point, "cx"), 0.011);
        Assert.Equal(plot.Top + (plot.Height / 8), Number(point, "cy"), 0.011);
    }

    [Fact]
    public void AColourMeshCoversHalfACellBeyondItsPoints()
    {
        var figure = new Figure(5, 5);
        figure.PColorMesh([0, 1, 2], [0.0, 0.5], new double[,] { { 1, 2, 3 }, { 4, 5, 6 } });
        figure.Scatter([2.5, -0.5], [0.75, -0.25]);
        var svg = Parse(figure);
        var plot = Plot(svg);
        var points = Data(svg, "circle");
        Assert.Equal((plot.Right, plot.Top), (Number(points[0], "cx"), Number(points[0], "cy")));
        Assert.Equal((plot.Left, plot.Bottom), (Number(points[1], "cx"), Number(points[1], "cy")));
    }

    [Fact]
    public void AContourRunsWhereThePlaneHasItsLevel()
    {
        // z = x, so that the level 0.75 is the upright line x = 0.75.
        var figure = new Figure();
        figure.Contour([0, 1, 2], [0, 1], new double[,] { { 0, 1, 2 }, { 0, 1, 2 } }, [0.75]);
        var svg = Parse(figure);
        var plot = Plot(svg);
        var numbers = Data(svg, "path").Single().Attribute("d")!.Value.Split(['M', 'L', ' '], StringSplitOptions.RemoveEmptyEntries)
            .Select(n => double.Parse(n, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(4, numbers.Length);
        Assert.Equal(plot.Left + (plot.Width * 0.375), numbers[0], 0.011);
        Assert.Equal(numbers[0], numbers[2]);
        Assert.Equal(plot.Height, Math.Abs(numbers[1] - numbers[3]), 0.011);
    }

    [Fact]
    public void CellsOfAHeatMapSayTheirValues()
    {
        var figure = new Figure();
        figure.HeatMap(new[,] { { 1.0, 0.256 }, { double.NaN, -3 } }, ["r0", "r1"], ["c0", "c1"], annotate: true);
        Assert.Superset(new HashSet<string> { "1", "0.26", "−3", "r0", "r1", "c0", "c1" }, Texts(Parse(figure)).ToHashSet());
    }

    [Fact]
    public void AnImageGridHasAPictureAndATitleForEach()
    {
        var figure = new Figure();
        figure.ImageGrid(new float[6 * 28 * 28], 28, 28, Enumerable.Range(0, 6).Select(i => $"n{i}"), columns: 3);
        var svg = Parse(figure);
        var images = Data(svg, "image");
        Assert.Equal(6, images.Count);
        Assert.Equal(3, images.Select(i => Number(i, "x")).Distinct().Count());
        Assert.Equal(["n0", "n1", "n2", "n3", "n4", "n5"], Texts(svg));
    }

    [Fact]
    public void ManyPointsOfACurveBecomeFew()
    {
        var figure = new Figure();
        figure.Plot(Enumerable.Range(0, 200_000).Select(i => i == 77_777 ? 9.0 : i % 2));
        figure.YLim(0, 10);
        var svg = Parse(figure);
        var path = Data(svg, "path").Single().Attribute("d")!.Value;
        Assert.InRange(path.Length, 1000, 80_000);
        // The one high value must still be there.
        var plot = Plot(svg);
        Assert.Contains(" " + SvgWriter.Number(plot.Bottom - (plot.Height * 0.9)) + "L", path, StringComparison.Ordinal);
    }

    [Fact]
    public void TheLegendAvoidsTheData()
    {
        var figure = new Figure();
        figure.Plot([0.0, 1, 2, 3, 4, 5], label: "rising"); // the upper right is taken
        figure.Legend();
        var svg = Parse(figure);
        var box = svg.Elements(Svg + "rect").Last();
        Assert.True(Number(box, "x") < 400 && Number(box, "y") < 250);
    }

    [Fact]
    public void MistakesAreExplained()
    {
        var figure = new Figure();
        void Fails(string part, Action action) =>
            Assert.Contains(part, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);

        Fails("x has 3 values and y has 2", () => figure.Plot([1, 2, 3], [1, 2]));
        Fails("x has 1 values and y has 2", () => figure.Scatter([1], [1, 2]));
        Fails("classes has 1", () => figure.Scatter([1, 2], [1, 2], classes: [0]));
        Fails("2 classes occur (0, 1) and there are 1 labels", () => figure.Scatter([1, 2], [1, 2], classes: [0, 1], labels: ["a"]));
        Fails("Unknown colour 'blu'", () => figure.Plot([1], color: "blu"));
        Fails("Unknown line style", () => figure.Plot([1], linestyle: "~"));
        Fails("Unknown marker", () => figure.Scatter([1], [1], marker: "?"));
        Fails("alpha is 2", () => figure.Plot([1], alpha: 2));
        Fails("Unknown colormap 'jet'", () => figure.ImShow(new float[2, 2], "jet"));
        Fails("0 rows", () => figure.ImShow(new float[0, 3]));
        Fails("Permute(1, 2, 0)", () => figure.ImShow(new float[3, 8, 8]));
        Fails("[y.Length, x.Length], which is [2, 3]", () => figure.PColorMesh([0, 1, 2], [0, 1], new float[3, 2]));
        Fails("evenly spaced", () => figure.PColorMesh([0, 1, 4], [0, 1], new float[2, 3]));
        Fails("2 images and 1 titles", () => figure.ImageGrid([new float[2, 2], new float[2, 2]], ["a"]));
        Fails("10 values are not a whole number of images of 3 x 3", () => figure.ImageGrid(new float[10], 3, 3));
        Fails("linear, log", () => figure.YScale("symlog"));
        Fails("upper right", () => figure.Legend("north"));
        Fails("finite", () => figure.XLim(0, double.NaN));
        Fails("two different", () => figure.YLim(3, 3));
        Fails("2 positions and 1 labels", () => figure.XTicks([1, 2], ["a"]));
        Fails("0.5 and 200", () => new Figure(0, 5));
        Fails("at least 1", () => new Figure(8, 5, rows: 0));
        Fails("y", () => figure.Plot((List<double>)null!));
        Assert.Throws<InvalidOperationException>(() => figure.Colorbar());
        // None of the failed calls left anything behind.
        Assert.Equal(new Figure().ToSvg(), figure.ToSvg());
    }

    [Fact]
    public void AnImageOnALogarithmicAxisIsRefused()
    {
        var figure = new Figure();
        figure.ImShow(new float[2, 2]);
        figure.XScale("log");
        Assert.Contains("linear", Assert.Throws<InvalidOperationException>(figure.ToSvg).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SaveMakesTheFolderReplacesTheFileAndLeavesNothingElse()
    {
        var root = Path.Combine(Path.GetTempPath(), "firesteel-plots-" + Guid.NewGuid().ToString("N"));
        try
        {
            var path = Path.Combine(root, "a", "b", "loss.svg");
            var figure = new Figure();
            figure.Plot([3, 2, 1]);
            figure.Save(path);
            figure.Title("second");
            figure.Save(path);
            Assert.Equal(figure.ToSvg(), File.ReadAllText(path));
            Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
            Assert.Contains("loss.svg", Assert.Throws<ArgumentException>(() => figure.Save(Path.Combine(root, "loss.png"))).Message, StringComparison.Ordinal);

            // A folder stands where the file should go: the move fails, and the temporary file goes away.
            Directory.CreateDirectory(Path.Combine(root, "taken.svg"));
            Assert.ThrowsAny<Exception>(() => figure.Save(Path.Combine(root, "taken.svg")));
            Assert.Empty(Directory.GetFiles(root));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
