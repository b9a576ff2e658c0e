using System.Reflection;
using Firesteel.Conformance;
using Binder = Firesteel.Conformance.Binder;

namespace Firesteel.Tests.Conformance;

public class BinderTests
{
    public enum Kind
    {
        Mean,
        BatchMean,
    }

#pragma warning disable CA1822 // the members stand for overloads that reflection finds
    public sealed class Shapes
    {
        public static string Sum(ReadOnlySpan<long> dim, bool keepdim = false) => $"dims {string.Join("x", dim.ToArray())} {keepdim}";

        public static string Sum(DType? dtype = null) => $"all {dtype}";

        public static string Zeros(params ReadOnlySpan<long> size) => string.Join("x", size.ToArray());

        public static string Clamp(Scalar min) => $"scalar {min}";

        public static string Clamp(double? min = null, double? max = null) => $"double {min} {max}";

        public static string Loss(Kind reduction = Kind.Mean, double labelSmoothing = 0) => $"{reduction} {labelSmoothing}";

        public static string Pool((long, long) kernelSize, long[]? stride = null) => $"{kernelSize} {stride?.Length}";

        public static string Arange(long end) => $"end {end}";

        public static string Arange(long start, long end, long step = 1) => $"{start}..{end}:{step}";
    }
#pragma warning restore CA1822

    private static string? Call(string name, CaseValue[] positional, params (string, CaseValue)[] keywords)
    {
        var members = typeof(Shapes).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(m => m.Name == name).Select(m => new Member(m, name));
        return (string?)Binder.Bind(members, positional, keywords, out _)?.Invoke();
    }

    private static IntValue I(long i) => new(i);

    private static ListValue L(params CaseValue[] items) => new(items, true);

    [Fact]
    public void ListBindsToSpan() => Assert.Equal("dims 0x2 True", Call("Sum", [L(I(0), I(2))], ("keepdim", new BoolValue(true))));

    [Fact]
    public void OneNumberBindsToSpan() => Assert.Equal("dims -1 False", Call("Sum", [], ("dim", I(-1)), ("keepdim", new BoolValue(false))));

    [Fact]
    public void NothingBindsToTheOverloadOfDefaults() => Assert.Equal("all ", Call("Sum", []));

    [Fact]
    public void DTypeBindsByName() => Assert.Equal("all Float64", Call("Sum", [], ("dtype", new DTypeValue("float64"))));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ParamsTakeAListOrLooseNumbers(bool list) => Assert.Equal("2x3", Call("Zeros", list ? [L(I(2), I(3))] : [I(2), I(3)]));

    [Fact]
    public void AnEmptyListIsNoSizeAtAll() => Assert.Equal("", Call("Zeros", [L()]));

    [Fact]
    public void NoneIsNull() => Assert.Equal("double  2.5", Call("Clamp", [NoneValue.Instance, new FloatValue(2.5)]));

    [Fact]
    public void StringsBindToEnums() => Assert.Equal("BatchMean 0.5", Call("Loss", [], ("reduction", new StringValue("batch_mean")), ("label_smoothing", new FloatValue(0.5))));

    [Fact]
    public void OneNumberFillsATuple() => Assert.Equal("(3, 3) ", Call("Pool", [], ("kernel_size", I(3)), ("stride", NoneValue.Instance)));

    [Fact]
    public void TuplesBindByItem() => Assert.Equal("(3, 4) 2", Call("Pool", [], ("kernel_size", L(I(3), I(4))), ("stride", L(I(1), I(2)))));

    [Fact]
    public void CountOfArgumentsChoosesTheOverload()
    {
        Assert.Equal("end 5", Call("Arange", [I(5)]));
        Assert.Equal("1..5:1", Call("Arange", [I(1), I(5)]));
    }

    [Fact]
    public void PlacementIsDroppedAndOtherUnknownKeywordsAreNot()
    {
        Assert.Equal("2", Call("Zeros", [I(2)], ("device", new StringValue("cpu")), ("requires_grad", new BoolValue(false)), ("out", NoneValue.Instance)));
        Assert.Null(Call("Zeros", [I(2)], ("return_indices", new BoolValue(true))));
        Assert.Null(Call("Loss", [], ("reduction", new StringValue("median"))));
    }

    [Fact]
    public void ExceptionsComeOutUnwrapped()
    {
        var method = typeof(Shape).GetMethod(nameof(Shape.Create))!;
        Assert.Contains("negative", Assert.Throws<ArgumentException>(() => Invoker.Call(method, null, [new long[] { -1 }])).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("masked_fill", "MaskedFill")]
    [InlineData("zero_", "ZeroInPlace")]
    [InlineData("log1p", "Log1p")]
    [InlineData("atleast_1d", "Atleast1d")]
    [InlineData("T", "T")]
    [InlineData("t", "T")]
    [InlineData("mH", "MH")]
    public void NamesFollowTheRule(string torch, string csharp) => Assert.Equal(csharp, MemberTable.CSharpName(torch));
}
