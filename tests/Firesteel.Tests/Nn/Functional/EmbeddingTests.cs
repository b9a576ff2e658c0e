using Firesteel.Nn;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Nn;

public class EmbeddingTests
{
    private static Tensor Table() => Tensor.Arange(8, dtype: DType.Float32).Reshape(4, 2).RequiresGradInPlace();

    [Fact]
    public void GradientsAddUpSkipThePaddingAndScaleByFrequency()
    {
        var table = Table();
        F.Embedding(Tensor.From(new long[] { 1, 3, 1, 0 }), table, paddingIdx: 0).Sum().Backward();
        Assert.Equal([0f, 0, 2, 2, 0, 0, 1, 1], table.Grad!.ToArray<float>());
        table = Table();
        F.Embedding(Tensor.From(new long[] { 1, 3, 1, 0 }), table, paddingIdx: -1, scaleGradByFreq: true).Sum().Backward();
        Assert.Equal([1f, 1, 1, 1, 0, 0, 0, 0], table.Grad!.ToArray<float>());
    }

    [Fact]
    public void LongRowsAreShortenedInPlaceWhereLookedUp()
    {
        var table = Tensor.From(new float[,] { { 3, 4 }, { 0.3f, 0.4f }, { 30, 40 } });
        F.Embedding(Tensor.From(new long[] { 0, 1, 0 }), table, maxNorm: 1);
        var rows = table.ToArray<float>();
        Assert.Equal(0.6f, rows[0], 1e-6f);
        Assert.Equal(0.3f, rows[2]);
        Assert.Equal(40f, rows[5]);
    }

    [Fact]
    public void BagsOfAllModes()
    {
        var table = Table().Detach();
        Tensor positions = Tensor.From(new long[] { 1, 3, 2 }), offsets = Tensor.From(new long[] { 0, 2, 2 });
        Assert.Equal([8f, 10, 0, 0, 4, 5], F.EmbeddingBag(positions, table, offsets, mode: "sum").ToArray<float>());
        Assert.Equal([4f, 5, 0, 0, 4, 5], F.EmbeddingBag(positions, table, offsets).ToArray<float>());
        Assert.Equal([6f, 7, 0, 0, 4, 5], F.EmbeddingBag(positions, table, offsets, mode: "max").ToArray<float>());
        Assert.Equal([2f, 3], F.EmbeddingBag(Tensor.From(new long[,] { { 1, 0 } }), table, mode: "mean", paddingIdx: 0).ToArray<float>());
    }

    [Fact]
    public void BadPositionsAreNamed()
    {
        Assert.Contains("index 9", Assert.Throws<IndexOutOfRangeException>(() => F.Embedding(Tensor.From(new long[] { 0, 9 }), Table())).Message);
        Assert.Throws<ArgumentException>(() => F.Embedding(Tensor.From(new[] { 1f }), Table()));
        Assert.Throws<ArgumentException>(() => F.Embedding(Tensor.From(new long[] { 0 }), Table(), paddingIdx: 4));
        Assert.Throws<ArgumentException>(() => F.EmbeddingBag(Tensor.From(new long[] { 0 }), Table()));
        Assert.Throws<ArgumentException>(() => F.EmbeddingBag(Tensor.From(new long[] { 0 }), Table(), Tensor.From(new long[] { 0 }), mode: "min"));
    }

    [Fact]
    public void AttentionHasGradientsAndMasks()
    {
        Tensor q = Tensor.Arange(12, dtype: DType.Float64).Sin().Reshape(2, 3, 2).RequiresGradInPlace(), k = Tensor.Arange(16, dtype: DType.Float64).Cos().Reshape(2, 4, 2).RequiresGradInPlace();
        Assert.True(Firesteel.Autograd.Gradcheck(i => F.ScaledDotProductAttention(i[0], i[1], i[1], isCausal: true), [q, k]));
        // The first row of a causal mask sees the first value only.
        var causal = F.ScaledDotProductAttention(q, k, k, isCausal: true);
        Assert.Equal(k.Select(1, 0).ToArray<double>(), causal.Select(1, 0).ToArray<double>());
        Assert.Throws<ArgumentException>(() => F.ScaledDotProductAttention(q, k, k, Tensor.Ones(3, 4), isCausal: true));
    }
}
