using Firesteel.Io;

namespace Firesteel.Tests;

public class StateTreeTests
{
    private static (string Text, OrderedDictionary<string, Tensor> Tensors) Write(object value)
    {
        var tensors = new OrderedDictionary<string, Tensor>();
        return (StateTree.Write(new Dictionary<string, object> { ["x"] = value }, tensors), tensors);
    }

    private static object RoundTrip(object value)
    {
        var (text, tensors) = Write(value);
        return StateTree.Read(text, (_, name) => tensors[name])["x"];
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [InlineData(0L)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData("")]
    [InlineData("größer \"<&>\" \n\0 火 🔥")]
    [InlineData("$tensor")]
    public void ValuesComeBackAsTheyWere(object value) => Assert.Equal(value, RoundTrip(value));

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(0.1)]
    [InlineData(1e300)]
    [InlineData(-1.7976931348623157e308)]
    [InlineData(5e-324)]
    [InlineData(123456789012345680.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void NumbersKeepEveryBit(double value) => Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(Assert.IsType<double>(RoundTrip(value))));

    [Fact]
    public void RandomNumbersKeepEveryBit()
    {
        int seed = Environment.TickCount;
        var random = new Random(seed);
        for (int i = 0; i < 2000; i++)
        {
            double value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            if (double.IsNaN(value)) continue;
            Assert.True(value.Equals(RoundTrip(value)), $"{value:R}, seed {seed}");
        }
    }

    [Fact]
    public void MinusZeroStaysNegative() => Assert.True(double.IsNegative((double)RoundTrip(-0.0)));

    [Fact]
    public void OtherNumbersBecomeLongAndDouble()
    {
        Assert.Equal(5L, RoundTrip(5));
        Assert.Equal(200L, RoundTrip((byte)200));
        Assert.Equal(7L, RoundTrip(7UL));
        Assert.Equal((double)0.1f, RoundTrip(0.1f));
    }

    [Fact]
    public void ListsDictionariesAndTensors()
    {
        var tensor = Tensor.Arange(3);
        var value = new Dictionary<string, object>
        {
            ["list"] = new object[] { 1, "two", new List<double> { 3 } },
            ["pair"] = (0.9, 0.999),
            ["by number"] = new OrderedDictionary<long, Dictionary<string, object>> { [3] = new() { ["t"] = tensor }, [1] = [] },
            ["$odd"] = new Dictionary<string, object> { ["$tensor"] = "no tensor", ["$$"] = 1 },
            ["t"] = tensor,
        };
        var back = (Dictionary<string, object>)RoundTrip(value);
        Assert.Equal(["list", "pair", "by number", "$odd", "t"], back.Keys);
        Assert.Equal([1L, "two", new List<object> { 3.0 }], (List<object>)back["list"]);
        Assert.Equal([0.9, 0.999], (List<object>)back["pair"]);
        Assert.Equal(["3", "1"], ((Dictionary<string, object>)back["by number"]).Keys);
        Assert.Equal(["$tensor", "$$"], ((Dictionary<string, object>)back["$odd"]).Keys);
        Assert.Same(tensor, back["t"]);
        Assert.Equal(["x.by number.3.t", "x.t"], Write(value).Tensors.Keys);
    }

    [Fact]
    public void TensorsOfTheSamePathHaveDifferentNames()
    {
        var (a, b) = (Tensor.Zeros(1), Tensor.Ones(1));
        var value = new Dictionary<string, object> { ["a.b"] = a, ["a"] = new Dictionary<string, object> { ["b"] = b } };
        var back = (Dictionary<string, object>)RoundTrip(value);
        Assert.Same(a, back["a.b"]);
        Assert.Same(b, ((Dictionary<string, object>)back["a"])["b"]);
    }

    [Fact]
    public void WhatCannotBeSavedIsNamed()
    {
        void Refused(string message, object value) => Assert.Contains(message, Assert.ThrowsAny<ArgumentException>(() => Write(value)).Message);
        Refused("'x.a.1' cannot be saved: it is a Version", new Dictionary<string, object> { ["a"] = new object[] { 1, new Version(1, 0) } });
        Refused("'x' cannot be saved: it is a Decimal", 1m);
        Refused("does not fit in 64 bits", ulong.MaxValue);
        Refused("keys of type Double", new Dictionary<double, object> { [1] = 1 });
        Refused("'x' cannot be saved: the text has half of a surrogate pair", "a\ud800b");
        Refused("half of a surrogate pair", new Dictionary<string, object> { ["\udc00"] = 1 });
        var circle = new List<object>();
        circle.Add(circle);
        Refused("nested more than", circle);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{\"x\":1")]
    [InlineData("{\"x\":1,\"x\":2}")]
    [InlineData("{\"x\":99999999999999999999}")]
    [InlineData("{\"x\":\"\\ud800\"}")]
    [InlineData("{\"x\":{\"$tensor\":3}}")]
    [InlineData("{\"x\":{\"$number\":\"much\"}}")]
    [InlineData("{\"x\":{\"$tensor\":\"a\"}}")]
    public void OtherTextsAreRefused(string text) => Assert.Throws<FormatException>(() => StateTree.Read(text, static (_, name) => throw new FormatException(name)));

    [Fact]
    public void DeepTextsAreRefused() => Assert.Throws<FormatException>(() => StateTree.Read($"{{\"x\":{new string('[', 100_000)}", static (_, _) => null!));
}
