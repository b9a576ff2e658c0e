using Firesteel.Nn;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Nn.Layers;

/// <summary>Numbers of PyTorch 1.13.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class EmbeddingBagTests
{
    private static readonly Tensor s_numbers = Tensor.From(new long[] { 1, 2, 4, 4, 5, 0, 2 });
    private static readonly Tensor s_offsets = Tensor.From(new long[] { 0, 3, 3, 6 });

    private static Tensor Table() => Tensor.Arange(12, dtype: DType.Float32).Reshape(6, 2) * 0.5 - 2;

    private static void Near(float[] expected, Tensor actual, float tolerance = 1e-5f)
    {
        var values = actual.ToArray<float>();
        Assert.Equal(expected.Length, values.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], values[i], tolerance);
    }

    private static void Backward(Tensor output) => (output * (Tensor.Arange(output.NumElements, dtype: DType.Float32) + 1).Reshape(output.Shape)).Sum().Backward();

    [Fact]
    public void FirstValuesLeaveThePaddingAtZero()
    {
        Rng.ManualSeed(5);
        var bag = new EmbeddingBag(5, 2, paddingIdx: -1);
        Near([-0.486780763f, -0.603821576f, -0.55809623f, 0.667524278f, -0.197415099f, 1.94278347f, -1.40170205f, -0.762557149f, 0, 0], bag.Weight);
        Assert.Equal(["weight"], bag.StateDict().Keys);
        Assert.Equal(4, bag.PaddingIdx);
    }

    [Fact]
    public void Means()
    {
        var bag = EmbeddingBag.FromPretrained(Table(), freeze: false, mode: "mean", paddingIdx: 2);
        var output = bag.Forward(s_numbers, s_offsets);
        Near([0.5f, 1, 0, 0, 1, 1.5f, 0, 0], output);
        Backward(output);
        Near([1.66666675f, 2, 0.5f, 1, 0, 0, 0, 0, 2.16666675f, 3, 1.66666675f, 2], bag.Weight.Grad!);

        // By frequency: 4 occurs twice, 2 does too but does not count, all others once. (PyTorch 1.13 counts by the place of a number among the sorted ones, and not by the number.)
        var plain = bag.Weight.Grad!;
        bag = EmbeddingBag.FromPretrained(Table(), freeze: false, mode: "mean", paddingIdx: 2, scaleGradByFreq: true);
        Backward(bag.Forward(s_numbers, s_offsets));
        Near((plain / Tensor.From([1f, 1, 1, 1, 2, 1]).Unsqueeze(1)).ToArray<float>(), bag.Weight.Grad!);
    }

    [Fact]
    public void Maxima()
    {
        var bag = EmbeddingBag.FromPretrained(Table(), freeze: false, mode: "max");
        var output = bag.Forward(s_numbers, s_offsets);
        Near([2, 2.5f, 0, 0, 3, 3.5f, 0, 0.5f], output);
        Backward(output);
        Near([0, 0, 0, 0, 7, 8, 0, 0, 1, 2, 5, 6], bag.Weight.Grad!);
    }

    [Fact]
    public void SumsWithFactorsUpToTheLastOffset()
    {
        var bag = EmbeddingBag.FromPretrained(Table(), freeze: false, mode: "sum", includeLastOffset: true);
        var factors = Tensor.From([0.5f, -1, 2, 1, 3, 0.25f, 4], requiresGrad: true);
        var output = bag.Forward(s_numbers, s_offsets, factors);
        Near([3.5f, 4.25f, 0, 0, 10.5f, 12.625f], output);
        Backward(output);
        Near([1.25f, 1.5f, 0.5f, 1, -1, -2, 0, 0, 7, 10, 15, 18], bag.Weight.Grad!);
        Near([-2, 1, 7, 25, 36, -19, 0], factors.Grad!);
    }

    [Fact]
    public void LongVectorsAreShortened()
    {
        var bag = EmbeddingBag.FromPretrained(Table(), mode: "sum", maxNorm: 1);
        Assert.False(bag.Weight.RequiresGrad);
        Near([-1.69442701f, -1.04721355f, 1.10940039f, 1.66410065f], bag.Forward(Tensor.From(new long[,] { { 0, 1 }, { 3, 3 } })));
        Near([-0.799999952f, -0.599999964f, -0.894427121f, -0.44721356f, 0, 0.5f, 0.554700196f, 0.832050323f, 2, 2.5f, 3, 3.5f], bag.Weight);
    }

    [Fact]
    public void FromPretrainedDrawsNothing()
    {
        Rng.ManualSeed(5);
        var expected = Tensor.Rand(3).ToArray<float>();
        Rng.ManualSeed(5);
        EmbeddingBag.FromPretrained(Table());
        Assert.Equal(expected, Tensor.Rand(3).ToArray<float>());
    }

    [Fact]
    public void Gradients()
    {
        var table = Tensor.Arange(12.0).Reshape(6, 2).Mul(0.37).Sin().To(DType.Float64).RequiresGradInPlace();
        var factors = Tensor.Arange(7.0).Mul(0.61).Cos().To(DType.Float64).RequiresGradInPlace();
        Assert.True(Firesteel.Autograd.Gradcheck(static x => F.EmbeddingBag(s_numbers, x[0], s_offsets, mode: "sum", perSampleWeights: x[1], paddingIdx: 2), [table, factors]));
        Assert.True(Firesteel.Autograd.Gradcheck(static x => F.EmbeddingBag(s_numbers, x[0], s_offsets), [table]));
        Assert.True(Firesteel.Autograd.Gradcheck(static x => F.EmbeddingBag(s_numbers, x[0], s_offsets, mode: "max"), [table]));
    }

    [Fact]
    public void BadArgumentsAreRefused()
    {
        Assert.Contains("6 and 6", Assert.Throws<ArgumentException>(() => new EmbeddingBag(6, 2, paddingIdx: 6)).Message);
        Assert.Contains("'median'", Assert.Throws<ArgumentException>(() => new EmbeddingBag(6, 2, mode: "median")).Message);
        Assert.Contains("2-dimensional, got [3]", Assert.Throws<ArgumentException>(() => EmbeddingBag.FromPretrained(Tensor.Ones(3))).Message);
        var bag = new EmbeddingBag(6, 2);
        Assert.Contains("(in EmbeddingBag(6, 2, mode=mean))", Assert.Throws<ArgumentException>(() => bag.Forward(s_numbers)).Message);
        Assert.Contains("1D tensor, got [1, 2]", Assert.Throws<ArgumentException>(() => bag.Forward(s_numbers, Tensor.From(new long[,] { { 0, 2 } }))).Message);
        Assert.Contains("length of input 7", Assert.Throws<ArgumentException>(() => bag.Forward(s_numbers, Tensor.From(new long[] { 0, 8 }))).Message);
        Assert.Contains("mode='mean'", Assert.Throws<NotSupportedException>(() => bag.Forward(s_numbers, s_offsets, Tensor.Ones(7))).Message);
        Assert.Contains("index 6", Assert.Throws<IndexOutOfRangeException>(() => bag.Forward(Tensor.From(new long[,] { { 0, 6 } }))).Message);
        Assert.Contains("-6 through 5, but got -9", Assert.Throws<ArgumentException>(() => F.EmbeddingBag(s_numbers, bag.Weight, s_offsets, paddingIdx: -9)).Message);
        var last = new EmbeddingBag(6, 2, includeLastOffset: true);
        Assert.Contains("include_last_offset", Assert.Throws<ArgumentException>(() => last.Forward(s_numbers, Tensor.From(Array.Empty<long>()))).Message);
    }
}
