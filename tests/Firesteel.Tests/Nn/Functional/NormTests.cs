using Firesteel.Nn;
using F = Firesteel.Nn.Functional;
using Grad = Firesteel.Autograd;

namespace Firesteel.Tests.Nn;

public class NormTests
{
    private static Tensor Sines(params long[] shape) => Tensor.Arange(Shape.Create(shape).NumElements, dtype: DType.Float64).Sin().Reshape(shape).RequiresGradInPlace();

    [Fact]
    public void GradientsOfGradientsAgreeWithDifferences()
    {
        Tensor x = Sines(2, 4, 3), w = Sines(4), b = Sines(4), v = Sines(4, 3);
        Assert.True(Grad.Gradgradcheck(i => F.BatchNorm(i[0], null, null, i[1], i[2], training: true), [x, w, b]));
        Assert.True(Grad.Gradgradcheck(i => F.GroupNorm(i[0], 2, i[1], i[2]), [x, w, b]));
        Assert.True(Grad.Gradgradcheck(i => F.LayerNorm(i[0], [4, 3], i[1]), [x, v]));
        Assert.True(Grad.Gradgradcheck(i => F.RmsNorm(i[0], [3]), [x]));
    }

    [Fact]
    public void RunningStatisticsMoveInPlace()
    {
        // mean 2 and 5, unbiased variance 1 of each channel: worked by hand.
        var x = Tensor.From(new float[,] { { 1, 4 }, { 2, 5 }, { 3, 6 } });
        Tensor mean = Tensor.Zeros(2), variance = Tensor.Ones(2);
        F.BatchNorm(x, mean, variance, training: true, momentum: 0.5);
        Assert.Equal([1f, 2.5f], mean.ToArray<float>());
        Assert.Equal([1f, 1f], variance.ToArray<float>());
        Assert.Equal(0, F.BatchNorm(x, mean, variance, eps: 0).Select(0, 0).Select(0, 0).Item<float>(), 1e-6f);
    }

    [Fact]
    public void NodesAreNamedAsInPyTorch()
    {
        Assert.Equal("NativeLayerNormBackward0", F.LayerNorm(Sines(2, 3), [3]).GradFn!.Name);
        Assert.Equal("NativeBatchNormBackward0", F.BatchNorm(Sines(2, 3), null, null, training: true).GradFn!.Name);
    }

    [Fact]
    public void BadInputIsRefused()
    {
        Assert.Throws<ArgumentException>(() => F.BatchNorm(Tensor.Ones(1, 3), null, null, training: true));
        Assert.Throws<ArgumentException>(() => F.BatchNorm(Tensor.Ones(2, 3), null, null));
        Assert.Throws<ArgumentException>(() => F.BatchNorm(Tensor.Ones(2, 3), Tensor.Ones(2), Tensor.Ones(2)));
        Assert.Throws<ArgumentException>(() => F.LayerNorm(Tensor.Ones(2, 3), [2]));
        Assert.Throws<ArgumentException>(() => F.LayerNorm(Tensor.Ones(2, 3), [3], Tensor.Ones(2)));
        Assert.Throws<ArgumentException>(() => F.GroupNorm(Tensor.Ones(2, 3), 2));
        Assert.Throws<ArgumentException>(() => F.InstanceNorm(Tensor.Ones(2, 3, 1)));
    }
}
