using System.Text.Json;
using Firesteel.Conformance;

namespace Firesteel.Tests.Conformance;

public class CaseValueTests
{
    private static CaseValue Parse(string json) => CaseValue.Parse(JsonDocument.Parse(json).RootElement);

    [Theory]
    [InlineData("3", "3", typeof(IntValue))]
    [InlineData("3.0", "3", typeof(FloatValue))]
    [InlineData("1e-05", "1E-05", typeof(FloatValue))]
    [InlineData("""{"float":"-inf"}""", "-Infinity", typeof(FloatValue))]
    [InlineData("true", "True", typeof(BoolValue))]
    [InlineData("null", "None", typeof(NoneValue))]
    [InlineData("\"sum\"", "'sum'", typeof(StringValue))]
    [InlineData("""{"dtype":"float64"}""", "torch.float64", typeof(DTypeValue))]
    [InlineData("""{"slice":[0,3,null]}""", "0:3", typeof(SliceValue))]
    [InlineData("""{"tuple":[1,{"list":[2,null]}]}""", "(1, [2, None])", typeof(ListValue))]
    [InlineData("""{"dict":{"dim":1}}""", "dim=1", typeof(DictValue))]
    [InlineData("""{"torch":"torch.channels_last"}""", "torch.channels_last", typeof(TorchValue))]
    [InlineData("""{"repr":"PairwiseDistance()"}""", """{"repr":"PairwiseDistance()"}""", typeof(UnknownValue))]
    public void ReadsEveryEncoding(string json, string text, Type type)
    {
        var value = Parse(json);
        Assert.IsType(type, value);
        Assert.Equal(text, value.ToString());
    }

    [Fact]
    public void ListsTensorsInTheOrderOfGradients()
    {
        const string tensor = """{"t":"NAME","dtype":"float64","shape":[2],"stride":[1],"contiguous":true,"requires_grad":true}""";
        var value = Parse($$"""{"tuple":[{{tensor.Replace("NAME", "a")}},{"list":[{{tensor.Replace("NAME", "b")}}]},{{tensor.Replace("NAME", "c")}}]}""");
        Assert.Equal(["a", "b", "c"], value.Tensors().Select(t => t.Name));
        Assert.All(value.Tensors(), t => Assert.True(t.RequiresGrad));
    }

    [Theory]
    [InlineData("0x1.999999999999ap-4", 0.1)]
    [InlineData("0x1.0000000000000p+0", 1.0)]
    [InlineData("-0x1.8p+1", -3.0)]
    [InlineData("0x0.0p+0", 0.0)]
    public void ReadsPythonHexFloats(string text, double value) => Assert.Equal(value, OptimRunner.Hex(text));
}
