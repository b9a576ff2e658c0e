using Firesteel.Data;

namespace Firesteel.Tests;

/// <summary>By hand, after torchvision's documentation.</summary>
public class TransformTests
{
    [Fact]
    public void ToTensorPutsChannelsFirst()
    {
        var image = new ToTensor().Forward(Tensor.From(new byte[,,] { { { 0, 51 }, { 102, 153 }, { 204, 255 } } }));
        Assert.Equal([2L, 1, 3], image.Shape);
        Assert.Equal([0, 0.4f, 0.8f, 0.2f, 0.6f, 1], image.ToArray<float>());
        Assert.True(image.IsContiguous());
        Assert.Equal([1L, 2, 2], new ToTensor().Forward(Tensor.From(new byte[2, 2])).Shape);
        Assert.Equal([300.5f, 2], new ToTensor().Forward(Tensor.From(new[,] { { 300.5f, 2 } })).ToArray<float>());
        Assert.Throws<ArgumentException>(() => new ToTensor().Forward(Tensor.Zeros(3)));
    }

    [Fact]
    public void NormalizeWorksPerChannel()
    {
        var normalize = new Normalize([0.5, 1], [0.25, 2]);
        Assert.Equal([2, 6, 1, 1.5f], normalize.Forward(Tensor.From(new[, ,] { { { 1f, 2 } }, { { 3, 4 } } })).ToArray<float>());
        Assert.Equal([2L, 1, 1, 1], new Normalize([0.5], [0.5]).Forward(Tensor.Zeros(2, 1, 1, 1)).Shape);
        Assert.Throws<ArgumentException>(() => new Normalize([0.5], [0]));
        Assert.Throws<ArgumentException>(() => new Normalize([0.5], [1, 2]));
        Assert.Throws<ArgumentException>(() => new Normalize([], []));
        Assert.Throws<ArgumentException>(() => normalize.Forward(Tensor.Zeros(3, 1, 1)));
        Assert.Throws<ArgumentException>(() => normalize.Forward(Tensor.Zeros(2, 1)));
        Assert.Throws<ArgumentException>(() => normalize.Forward(Tensor.Zeros([2, 1, 1], DType.UInt8)));
    }

    [Fact]
    public void ComposeGoesFromLeftToRight()
    {
        var both = new Compose(new Lambda(static x => x + 1), new Lambda(static x => x * 2));
        Assert.Equal(8, both.Forward(Tensor.From(3)).Item());
        Assert.Throws<ArgumentNullException>(() => new Compose(null!, both));
        Assert.Throws<ArgumentNullException>(() => new Lambda(null!));
    }
}
