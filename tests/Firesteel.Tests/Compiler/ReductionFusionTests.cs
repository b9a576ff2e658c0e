namespace Firesteel.Tests.Compiler;

using Compiler = Firesteel.Compiler;

/// <summary>A reduction of a pointwise chain becomes one kernel, along any dimension, with the bits of eager code.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class ReductionFusionTests
{
    public static TheoryData<long[], long[], bool> Shapes => new()
    {
        { [7], [0], false },
        { [1], [0], true },
        { [5000], [0], true },
        { [300_001], [0], false },
        { [3, 200_000], [1], true },
        { [1000, 5], [1], true },
        { [1000, 5], [0], false },
        { [5000, 3], [1], false },
        { [130, 700], [0], true },
        { [130, 300], [0], true },
        { [9, 300, 300], [1], false },
        { [130, 700], [1], false },
        { [130, 700], [0, 1], false },
        { [70_000, 6], [0], true },
        { [4, 9, 35], [1], false },
        { [4, 9, 35], [0, 2], true },
        { [8, 16, 10, 10], [0, 2, 3], false },
        { [2, 3, 1, 17], [3], false },
        { [600, 1100], [0], true },
    };

    private static Tensor[] Three(Tensor x, Tensor y, long[] dims, bool keep)
    {
        // The chain alone; one that is read elsewhere too; one that is broadcast.
        var square = (x - y).Pow(2);
        var gate = Tensor.Where(y.Gt(0), x * 3, y.Exp());
        return [square.Sum(dims, keep), gate.Mean(dims, keep), gate * 2, (x.Abs() + 0.5).Amax(dims, keep), (x * y.Select(0, 0)).Amin(dims, keep), (x * 0.5).Reshape(-1).Sum()];
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void BitsAreThoseOfEagerCode(long[] shape, long[] dims, bool keep)
    {
        foreach (var dtype in (DType[])[DType.Float32, DType.Float64])
        {
            Func<Tensor, Tensor, Tensor[]> body = (x, y) => Three(x, y, dims, keep);
            foreach (bool code in (bool[])[true, false])
            {
                MapCodes.Enabled = code;
                try
                {
                    var step = Compiler.Compile(body);
                    for (int run = 0; run < 5; run++)
                    {
                        Rng.ManualSeed(run);
                        Tensor x = Tensor.Randn(shape, dtype: dtype), y = Tensor.Randn(shape, dtype: dtype);
                        if (run == 3 && x.NumElements > 3) x.Select(0, 0).FillInPlace(double.NaN);
                        var expected = body(x, y);
                        var actual = step.Run(x, y);
                        for (int k = 0; k < expected.Length; k++)
                        {
                            Assert.Equal(expected[k].Shape, actual[k].Shape);
                            Assert.Equal(expected[k].ToArray<double>().Select(BitConverter.DoubleToInt64Bits), actual[k].ToArray<double>().Select(BitConverter.DoubleToInt64Bits));
                        }
                    }
                    Assert.True(step.Replays > 0);
                    Assert.Contains("sum of map", step.Explain(), StringComparison.Ordinal);
                    Assert.Contains("max of map", step.Explain(), StringComparison.Ordinal);
                }
                finally
                {
                    MapCodes.Enabled = true;
                }
            }
        }
    }

    [Fact]
    public void AChainThatIsReadByNobodyElseIsNotStored()
    {
        var step = Compiler.Compile((Tensor x, Tensor y) => ((x - y) * (x - y)).Sum());
        for (int i = 0; i < 4; i++)
        {
            Tensor x = Tensor.Randn(100, 1000), y = Tensor.Randn(100, 1000);
            double expected = ((x - y) * (x - y)).Sum().Item();
            Assert.Equal(expected, step.Run(x, y).Item());
        }
        string report = step.Explain();
        Assert.Contains(" recorded, 1 run", report, StringComparison.Ordinal);
        Assert.Contains("arena 0 B", report, StringComparison.Ordinal);
    }

    [Fact]
    public void WhatIsReducedInAnotherTypeIsStored()
    {
        // Counting in integers what was compared in float32.
        var step = Compiler.Compile((Tensor x, Tensor y) => x.Gt(y).Sum());
        for (int i = 0; i < 4; i++)
        {
            Tensor x = Tensor.Randn(300, 7), y = Tensor.Randn(300, 7);
            Assert.Equal(x.Gt(y).Sum().Item(), step.Run(x, y).Item());
        }
        Assert.True(step.Replays > 0);
    }

    [Fact]
    public void TheGradientOfABiasIsSummedWhereItIsMade()
    {
        var step = Compiler.Compile((Tensor x, Tensor w, Tensor b) =>
        {
            Tensor weight = w.Detach().RequiresGradInPlace(), bias = b.Detach().RequiresGradInPlace();
            var y = (x * weight + bias).Relu();
            (y * y).Sum().Backward();
            return new[] { weight.Grad!, bias.Grad! };
        });
        for (int i = 0; i < 4; i++)
        {
            Tensor x = Tensor.Randn(64, 50), w = Tensor.Randn(50), b = Tensor.Randn(50);
            Tensor weight = w.Clone().RequiresGradInPlace(), bias = b.Clone().RequiresGradInPlace();
            var y = (x * weight + bias).Relu();
            (y * y).Sum().Backward();
            var actual = step.Run(x, w, b);
            Assert.Equal(weight.Grad!.ToArray<float>(), actual[0].ToArray<float>());
            Assert.Equal(bias.Grad!.ToArray<float>(), actual[1].ToArray<float>());
        }
        Assert.True(step.Replays > 0);
        Assert.True(step.Explain().Contains("sum of map", StringComparison.Ordinal), step.Explain());
    }
}
