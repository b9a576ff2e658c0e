using Firesteel.Conformance;

namespace Firesteel.Tests.Conformance;

/// <summary>The judge itself: a right answer passes, and each way of being wrong is told from the others.</summary>
[Collection(GeneratorCollection.Name)]
public class OpRunnerTests
{
    private static readonly OpRunner Runner = new(new Caller(new MemberTable(typeof(Tensor).Assembly)));

    private static TensorValue T(double[] values, bool requiresGrad = false, string dtype = "float64") =>
        new("x", dtype, [values.Length], [1], requiresGrad, new NpyArray("float64", [values.Length], values));

    private static Outcome Run(string op, TensorValue input, TensorValue other, TensorValue output, TensorValue[]? grads = null, params (string, CaseValue)[] kwargs) =>
        Runner.Run(new OpFile(op, op, "", [], []), new OpCase(0, "float64", input, [other], kwargs, output, grads));

    [Fact]
    public void RightValuesAndGradientsPass()
    {
        double[] x = [1, 2], y = [3, 4];
        // d(x*y) with cotangent cos(i+1)
        TensorValue[] grads = [T([3 * Math.Cos(1), 4 * Math.Cos(2)]), T([Math.Cos(1), 2 * Math.Cos(2)])];
        var outcome = Run("mul", T(x, true), T(y, true), T([3, 8], true), grads);
        Assert.True(outcome.Verdict == Verdict.Passed, outcome.Reason);
    }

    [Fact]
    public void WrongValuesTypesSizesAndGradientsAreToldApart()
    {
        double[] x = [1, 2], y = [3, 4];
        Assert.Equal("value", Run("mul", T(x), T(y), T([3, 8.001])).Kind);
        Assert.Equal("dtype", Run("mul", T(x), T(y), T([3, 8], dtype: "float32")).Kind);
        Assert.Equal("shape", Run("mul", T(x), T(y), T([3])).Kind);
        Assert.Equal("gradient", Run("mul", T(x, true), T(y), T([3, 8], true), [T([3 * Math.Cos(1), 4 * Math.Cos(1)])]).Kind);
    }

    [Fact]
    public void MissingMembersAndArgumentsAreToldApart()
    {
        var missing = Run("no_such_op", T([1]), T([1]), T([1]));
        Assert.Equal(("missing", "no Tensor.NoSuchOp"), (missing.Kind, missing.Reason));
        var unbound = Run("mul", T([1]), T([1]), T([1]), null, ("no_such_option", new IntValue(1)));
        Assert.Equal("unbound", unbound.Kind);
        Assert.Contains("no parameter 'no_such_option'", unbound.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void ExceptionsAreFailures()
    {
        var outcome = Run("mul", T([1, 2, 3]), T([1, 2]), T([1]));
        Assert.Equal("threw", outcome.Kind);
    }

    [Fact]
    public void ValuesPyTorchLeavesOpenAreNotCompared()
    {
        var c = new OpCase(0, "float64", T([1, 2]), [], [], T([7, 7]), null);
        Assert.Equal(Verdict.Passed, Runner.Run(new OpFile("empty_like", "empty_like", "", [], []), c).Verdict);
    }

    [Fact]
    public void LayoutsOfTheSamplesAreKept()
    {
        var value = new TensorValue("x", "float64", [2, 3], [1, 2], false, new NpyArray("float64", [2, 3], new double[] { 1, 2, 3, 4, 5, 6 }));
        var tensor = Tensors.Make(value);
        Assert.Equal([1L, 2L], tensor.Stride());
        Assert.Equal([1.0, 2, 3, 4, 5, 6], tensor.ToArray<double>());
    }
}
