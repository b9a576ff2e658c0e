using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Compiler;

using Compiler = Firesteel.Compiler;

/// <summary>What follows a product or a convolution element by element becomes a part of it, with the bits of eager code.</summary>
[Collection(Ops.OpTableThreadsTests.Name)]
public class EpilogueFusionTests
{
    private static void Check(Func<Tensor[], Tensor[]> body, Func<int, Tensor[]> inputs, params string[] expectedInReport)
    {
        int threads = Threads.Count;
        try
        {
            foreach (bool code in inputs(0)[0].DType == DType.Float64 ? (bool[])[true] : [true, false])
            {
                MapCodes.Enabled = code;
                var step = Compiler.Compile(body);
                for (int run = 0; run < 4; run++)
                {
                    Threads.Count = run % 2 + 1;
                    Rng.ManualSeed(run);
                    var x = inputs(run);
                    var expected = body(x);
                    var actual = step.Run(x);
                    Assert.Equal(expected.Length, actual.Length);
                    for (int k = 0; k < expected.Length; k++)
                    {
                        Assert.Equal(expected[k].Shape, actual[k].Shape);
                        Assert.Equal(expected[k].ToArray<double>().Select(BitConverter.DoubleToInt64Bits), actual[k].ToArray<double>().Select(BitConverter.DoubleToInt64Bits));
                    }
                }
                Assert.True(step.Replays > 0, step.LastRecapture);
                foreach (string text in expectedInReport) Assert.True(step.Explain().Contains(text, StringComparison.Ordinal), step.Explain());
            }
        }
        finally
        {
            MapCodes.Enabled = true;
            Threads.Count = threads;
        }
    }

    /// <summary>Small ones, rows of a vector, dot products, several blocks of k, several strips of columns, rows that are not whole panels, batches.</summary>
    public static TheoryData<long[], long[]> Products => new()
    {
        { [6, 7], [7, 9] },
        { [1, 300], [300, 700] },
        { [700, 64], [64, 3] },
        { [333, 100], [100, 258] },
        { [130, 700], [700, 1000] },
        { [70, 33], [33, 4500] },
        { [512, 1], [1, 300] },
        { [12, 60, 33], [12, 33, 200] },
        { [6, 400, 20], [20, 64] },
        { [2, 300, 90], [2, 90, 600] },
    };

    [Theory]
    [MemberData(nameof(Products))]
    public void ProductsAreFinishedWhileTheyAreMade(long[] a, long[] b)
    {
        foreach (var dtype in (DType[])[DType.Float32, DType.Float64])
        {
            long n = b[^1];
            string[] report = a is [512, 1] ? [] : ["matmul + map"];
            Tensor[] Inputs(int run) => [Tensor.Randn(a, dtype: dtype), Tensor.Randn(b, dtype: dtype), Tensor.Randn([n], dtype: dtype)];
            Check(static x => [x[0].Matmul(x[1]).Relu()], Inputs, report);
            // With the product needed too, and what is broadcast along rows.
            Check(static x => x[0].Matmul(x[1]) is var y ? [y, (y * x[2]).Tanh(), y.Gt(0)] : [], Inputs, report);
            // In place; with something of its size, and seen in another shape; and turned around.
            Check(static x => [x[0].Matmul(x[1]).MulInPlace(x[2]).AddInPlace(1)], Inputs, a.Length == b.Length ? report : []);
            Check(static x => [x[0].Matmul(x[1]).Reshape(-1).Abs().Reshape(2, -1).SqrtInPlace()], Inputs, report);
            Check(static x => [x[1].Transpose(-1, -2).Matmul(x[0].Transpose(-1, -2)).Sigmoid()], Inputs, report);
        }
    }

    [Fact]
    public void AResidualThatIsAddedInPlaceIsNotOverwrittenBefore()
    {
        Check(
            static x =>
            {
                var h = x[2].Clone();
                h.AddInPlace(x[0].Matmul(x[1]));
                return [h, h * 2];
            },
            static _ => [Tensor.Randn(300, 40), Tensor.Randn(40, 500), Tensor.Randn(300, 500)]);
    }

    [Fact]
    public void ALayerWithItsActivationStoresWhatBackwardNeeds()
    {
        Func<Func<Tensor, Tensor>, Func<Tensor[], Tensor[]>> layer = static activation => x =>
        {
            Tensor w = x[1].Detach().RequiresGradInPlace(), b = x[2].Detach().RequiresGradInPlace(), v = x[3].Detach().RequiresGradInPlace();
            var y = F.Linear(activation(F.Linear(x[0], w, b)), v);
            (y * y).Mean().Backward();
            return [y.Detach(), w.Grad!, b.Grad!, v.Grad!];
        };
        Tensor[] Inputs(int run) => [Tensor.Randn(200, 50), Tensor.Randn(400, 50), Tensor.Randn(400), Tensor.Randn(100, 400)];
        Check(layer(static t => t.Relu()), Inputs, "matmul + map(max)");
        Check(layer(static t => F.Gelu(t)), Inputs, "matmul + map(gelu)");
        Check(layer(static t => t.Tanh()), Inputs, "matmul + map(tanh)");
    }

    public static TheoryData<long[], long[], int, int, int> Convolutions => new()
    {
        { [3, 1, 28, 28], [32, 1, 3, 3], 1, 1, 1 },
        { [5, 32, 14, 14], [64, 32, 3, 3], 1, 1, 1 },
        { [4, 20, 33, 31], [40, 20, 3, 3], 1, 2, 1 },
        { [2, 16, 40, 40], [24, 16, 5, 5], 2, 2, 1 },
        { [3, 32, 30, 30], [48, 16, 3, 3], 1, 1, 2 },
        { [2, 24, 50, 50], [24, 1, 3, 3], 1, 1, 24 },
        { [6, 64, 16, 16], [128, 64, 1, 1], 1, 0, 1 },
        { [1, 3, 70, 70], [16, 3, 7, 7], 2, 3, 1 },
    };

    [Theory]
    [MemberData(nameof(Convolutions))]
    public void ConvolutionsAreFinishedImageByImage(long[] x, long[] w, int stride, int padding, int groups)
    {
        foreach (var dtype in (DType[])[DType.Float32, DType.Float64])
        {
            Tensor[] Inputs(int run) => [Tensor.Randn(x, dtype: dtype), Tensor.Randn(w, dtype: dtype), Tensor.Randn([w[0]], dtype: dtype), Tensor.Rand([w[0]], dtype: dtype) + 0.5];
            Check(t => [F.Conv2d(t[0], t[1], t[2], stride: stride, padding: padding, groups: groups).Relu()], Inputs, "conv forward + map");
            // Batch norm in evaluation, and a residual; the result of the convolution is read twice.
            Check(
                t =>
                {
                    var y = F.Conv2d(t[0], t[1], null, stride: stride, padding: padding, groups: groups);
                    var z = F.BatchNorm(y, t[2], t[3], t[3], t[2]);
                    return [(z + y).Relu(), y];
                },
                Inputs, "conv forward + map");
            Check(
                t =>
                {
                    var image = t[0].Detach().RequiresGradInPlace();
                    F.Conv2d(image.Tanh(), t[1], t[2], stride: stride, padding: padding, groups: groups).Sum().Backward();
                    return [image.Grad!];
                },
                Inputs, "conv data + map");
        }
    }

    [Fact]
    public void TheReportSaysWhyAKernelStandsAlone()
    {
        var step = Compiler.Compile((Tensor x, Tensor w) =>
        {
            var y = x.Matmul(w);
            // Half of the result; and a sum of a product.
            return new[] { y[.., ..10].Exp(), y.Sum(0) };
        });
        for (int i = 0; i < 3; i++) step.Run(Tensor.Randn(30, 40), Tensor.Randn(40, 20));
        Assert.Equal(1, step.Replays);
        Assert.Contains("[not a part of the matmul: it sees the result in another layout, or partly]", step.Explain(), StringComparison.Ordinal);
        Assert.Contains("[its input comes from matmul]", step.Explain(), StringComparison.Ordinal);
    }
}
