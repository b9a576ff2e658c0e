using Firesteel.Nn;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Nn;

public class ConvolutionTests
{
    private static Tensor Sines(params long[] shape) => Tensor.Arange(Shape.Create(shape).NumElements, dtype: DType.Float64).Sin().Reshape(shape);

    [Fact]
    public void SizesConvertFromEverythingAUserWrites()
    {
        Tensor x = Sines(1, 2, 6, 6), w = Sines(3, 2, 3, 3);
        Assert.Equal([1, 3, 2, 2], F.Conv2d(x, w, stride: 2).Shape);
        Assert.Equal([1, 3, 2, 4], F.Conv2d(x, w, stride: (2, 1)).Shape);
        Assert.Equal([1, 3, 2, 4], F.Conv2d(x, w, stride: [2, 1]).Shape);
        Assert.Equal([1, 3, 6, 6], F.Conv2d(x, w, padding: 1).Shape);
        Assert.Equal([1, 3, 6, 4], F.Conv2d(x, w, padding: (1, 0)).Shape);
        Assert.Equal([1, 3, 6, 6], F.Conv2d(x, w, padding: "same", dilation: 2).Shape);
        Assert.Equal([3, 4, 4], F.Conv2d(x.Squeeze(0), w).Shape);
    }

    [Fact]
    public void GradientsOfGradientsAgreeWithDifferences()
    {
        Tensor x = Sines(2, 4, 5).RequiresGradInPlace(), w = Sines(6, 2, 3).RequiresGradInPlace(), b = Sines(6).RequiresGradInPlace();
        Assert.True(Firesteel.Autograd.Gradgradcheck(inputs => F.Conv1d(inputs[0], inputs[1], inputs[2], stride: 2, padding: 1, groups: 2), [x, w, b]));
        Tensor v = Sines(4, 3, 3).RequiresGradInPlace();
        Assert.True(Firesteel.Autograd.Gradgradcheck(inputs => F.ConvTranspose1d(inputs[0], inputs[1], stride: 2, outputPadding: 1, groups: 2), [x, v]));
    }

    [Fact]
    public void BadShapesAreNamed()
    {
        Tensor x = Sines(1, 2, 6, 6), w = Sines(3, 2, 3, 3);
        Assert.Contains("to have 2 channels, but got 3", Assert.Throws<ArgumentException>(() => F.Conv2d(Sines(1, 3, 6, 6), w)).Message);
        Assert.Contains("can't be greater than actual input size", Assert.Throws<ArgumentException>(() => F.Conv2d(Sines(1, 2, 2, 6), w)).Message);
        Assert.Throws<ArgumentException>(() => F.Conv2d(x, w, stride: 0));
        Assert.Throws<ArgumentException>(() => F.Conv2d(x, w, stride: [1, 1, 1]));
        Assert.Throws<ArgumentException>(() => F.Conv2d(x, w, padding: -1));
        Assert.Throws<ArgumentException>(() => F.Conv2d(x, w, padding: "full"));
        Assert.Throws<ArgumentException>(() => F.Conv2d(x, w, padding: "same", stride: 2));
        Assert.Throws<ArgumentException>(() => F.Conv2d(x, w, Sines(4)));
        Assert.Throws<ArgumentException>(() => F.Conv2d(x, w.To(DType.Float32)));
        Assert.Throws<ArgumentException>(() => F.ConvTranspose2d(x, Sines(2, 3, 3, 3), outputPadding: 1));
    }
}
