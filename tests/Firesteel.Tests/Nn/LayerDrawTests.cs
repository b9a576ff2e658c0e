using Firesteel.Nn;

namespace Firesteel.Tests.Nn;

/// <summary>First values and special cases of layers, with the numbers of PyTorch 1.13.</summary>
[Collection(Conformance.GeneratorCollection.Name)]
public class LayerDrawTests
{
    private static T Seeded<T>(Func<T> make)
    {
        Rng.ManualSeed(5);
        return make();
    }

    private static void Near(float[] expected, Tensor actual)
    {
        var values = actual.ToArray<float>()[..expected.Length];
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], values[i], 1e-5f);
    }

    [Fact]
    public void FirstValues()
    {
        var conv = Seeded(() => new Conv2d(2, 4, 3, groups: 2));
        Assert.Equal([0.22016791999340057f, -0.24925939738750458f, 0.2716464698314667f], conv.Weight.ToArray<float>()[..3]);
        Assert.Equal([0.31313616037368774f, -0.29275092482566833f, -0.04101399704813957f, 0.3245433568954468f], conv.Bias!.ToArray<float>());
        var transposed = Seeded(() => new ConvTranspose1d(2, 4, 3));
        Assert.Equal([0.19067099690437317f, -0.21586495637893677f, 0.2352527379989624f], transposed.Weight.ToArray<float>()[..3]);
        Assert.Equal([0.27433452010154724f, -0.2365148514509201f, 0.015776287764310837f, 0.1035686656832695f], transposed.Bias!.ToArray<float>());
        var embedding = Seeded(() => new Embedding(4, 2, paddingIdx: 1));
        Near([-0.4867807626724243f, -0.6038215756416321f, 0, 0, -0.19741509854793549f, 1.9427834749221802f, -1.4017020463943481f, -0.7625571489334106f], embedding.Weight);
        var bilinear = Seeded(() => new Bilinear(2, 3, 1));
        Assert.Equal([0.46704667806625366f, -0.5287590026855469f, 0.5762491226196289f, 0.4524451494216919f, 0.5941159725189209f, -0.5421455502510071f], bilinear.Weight.ToArray<float>());
        Assert.Equal([-0.47462207078933716f], bilinear.Bias!.ToArray<float>());
    }

    [Fact]
    public void BatchNormWithoutMomentumKeepsThePlainMean()
    {
        var norm = new BatchNorm1d(2, momentum: null);
        for (int i = 0; i < 3; i++) norm.Forward(Tensor.From(new float[,] { { 1, 2 }, { 3, 5 }, { i, 0 } }));
        Near([1.6666666269302368f, 2.3333332538604736f], norm.RunningMean!);
        Near([1.5555554628372192f, 6.3333330154418945f], norm.RunningVar!);
        Assert.Equal(3, norm.NumBatchesTracked!.Item());
        Assert.Equal(["weight", "bias", "running_mean", "running_var", "num_batches_tracked"], norm.StateDict().Keys);
        Assert.Equal(DType.Int64, norm.To(DType.Float64).NumBatchesTracked!.DType);
        var error = Assert.Throws<ArgumentException>(() => norm.Forward(Tensor.Zeros(1, 2, 3, 4)));
        Assert.Contains("expected 2D or 3D input (got 4D input [1, 2, 3, 4])", error.Message);
        Assert.Equal(3, norm.NumBatchesTracked.Item());
    }

    [Fact]
    public void PaddingModes()
    {
        var x = Tensor.Arange(12.0).Reshape(1, 1, 3, 4);
        var circular = Seeded(() => new Conv2d(1, 1, 3, padding: (Sizes)(1, 2), paddingMode: "circular")).Forward(x);
        Assert.Equal([1L, 1, 3, 6], circular.Shape.ToArray());
        Near([1.7524592876434326f, 1.0988249778747559f, 0.36402618885040283f, 0.4680821895599365f, 1.7524592876434326f], circular);
        var same = new Conv2d(1, 1, (2, 4), padding: "same", paddingMode: "replicate");
        Init.OnesInPlace(same.Weight);
        Init.ZerosInPlace(same.Bias!);
        Near([22, 28, 34, 38, 54, 60, 66, 70, 70, 76, 82, 86], same.Forward(x));
    }

    [Fact]
    public void OutputSizeOfTransposedConvolutions()
    {
        var layer = new ConvTranspose2d(1, 1, 3, stride: 2);
        Init.OnesInPlace(layer.Weight);
        Init.ZerosInPlace(layer.Bias!);
        var x = Tensor.From(new float[,] { { 0, 1 }, { 4, 5 } }).Reshape(1, 1, 2, 2);
        Near([0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 4, 4, 10, 6, 6, 4, 4, 9, 5, 5, 4, 4, 9, 5, 5, 0, 0, 0, 0, 0], layer.Forward(x, [6, 5]));
        Assert.Contains("valid sizes range from 5 to 6", Assert.Throws<ArgumentException>(() => layer.Forward(x, [7, 5])).Message);
    }

    [Fact]
    public void BadArgumentsAreRefused()
    {
        Assert.Throws<ArgumentException>(() => new Conv2d(3, 4, 3, groups: 2));
        Assert.Throws<ArgumentException>(() => new Conv2d(2, 4, 3, stride: 2, padding: "same"));
        Assert.Throws<ArgumentException>(() => new Conv2d(2, 4, 3, paddingMode: "mirror"));
        Assert.Throws<ArgumentException>(() => new Embedding(4, 2, paddingIdx: 4));
        Assert.Throws<ArgumentException>(() => new GroupNorm(3, 4));
        Assert.Throws<ArgumentException>(() => new Dropout(1.5));
        Assert.Contains("(in Conv1d(1, 2, kernel_size=(3,), stride=(1,)))", Assert.Throws<ArgumentException>(() => new Conv1d(1, 2, 3).Forward(Tensor.Zeros(1, 2, 5))).Message);
    }
}
