namespace Firesteel.Tests.Ops;

/// <summary>Numbers are PyTorch 1.13's for the same calls in the same order after manual_seed(5).</summary>
public class RandomCreationTests
{
    private static Generator Seeded() => new Generator().ManualSeed(5);

    [Fact]
    public void OneStream()
    {
        var g = Seeded();
        Assert.Equal([0.8302518725395203f, 0.12611091136932373f, 0.9074696898460388f], Tensor.Rand([3], generator: g).ToArray<float>());
        float[] first = [-1.7013792991638184f, 2.0194194316864014f, -0.6017656326293945f, 0.14499856531620026f];
        float[] normal = Tensor.Randn([2, 9], generator: g).ToArray<float>();
        for (int i = 0; i < first.Length; i++) Assert.Equal(first[i], normal[i], 1e-6f);
        Assert.Equal([8L, 7, 3, 5, 4], Tensor.Randint(3, 10, [5], generator: g).ToArray<long>());
        Assert.Equal([0L, 3, 2, 4, 5, 1], Tensor.Randperm(6, generator: g).ToArray<long>());
    }

    [Fact]
    public void TheLayoutOfTheModelDecidesTheOrder()
    {
        var g = Seeded();
        var x = Tensor.Zeros(2, 3).T;
        var drawn = Tensor.RandLike(x, generator: g);
        Assert.Equal([1L, 3], drawn.Stride());
        Assert.Equal([0.8302518725395203f, 0.8199270367622375f, 0.12611091136932373f, 0.9201034307479858f, 0.9074696898460388f, 0.1166452169418335f], drawn.ToArray<float>());
        Assert.Equal([1f, 4, 3, 0, 5, 6], Tensor.RandintLike(x, 7, generator: g).ToArray<float>());
        var sliced = Tensor.Zeros(4, 5).T.Slice(1, 0, 3);
        var normal = Tensor.RandnLike(sliced, generator: g);
        Assert.Equal([1L, 5], normal.Stride());
        float[] first = [-1.4017020463943481f, 0.6907187700271606f, -0.5828827023506165f, -0.7625571489334106f, 0.2224585860967636f];
        float[] found = normal.ToArray<float>();
        for (int i = 0; i < first.Length; i++) Assert.Equal(first[i], found[i], 1e-6f);
    }

    [Fact]
    public void DtypesAndDefaultGenerator()
    {
        Assert.Equal(DType.Float64, Tensor.Rand([2], DType.Float64).DType);
        Assert.Equal(DType.Float32, Tensor.Randn(2, 2).DType);
        Assert.Equal(DType.UInt8, Tensor.Randint(10, [4], DType.UInt8).DType);
        Assert.True(Tensor.Rand([2], requiresGrad: true).RequiresGrad);
        Assert.Throws<NotSupportedException>(() => Tensor.Rand([2], DType.Int64));
        Assert.Throws<ArgumentException>(() => Tensor.Randint(5, 5, [2]));
        Assert.Throws<ArgumentException>(() => Tensor.Randperm(-1));
        Assert.Throws<ArgumentException>(() => Tensor.Rand(-1, 2));
    }
}
