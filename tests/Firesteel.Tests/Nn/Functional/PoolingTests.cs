using Firesteel.Nn;
using F = Firesteel.Nn.Functional;
using Grad = Firesteel.Autograd;

namespace Firesteel.Tests.Nn;

public class PoolingTests
{
    private static Tensor Sines(params long[] shape) => Tensor.Arange(Shape.Create(shape).NumElements, dtype: DType.Float64).Sin().Reshape(shape).RequiresGradInPlace();

    [Fact]
    public void GradientsOfGradientsAgreeWithDifferences()
    {
        var x = Sines(1, 2, 5, 4);
        Assert.True(Grad.Gradgradcheck(i => F.MaxPool2d(i[0], 3, 2, 1), [x]));
        Assert.True(Grad.Gradgradcheck(i => F.AvgPool2d(i[0], 2, 1, countIncludePad: false), [x]));
        Assert.True(Grad.Gradgradcheck(i => F.AdaptiveAvgPool2d(i[0], (3, 3)), [x]));
        Assert.True(Grad.Gradgradcheck(i => F.AdaptiveMaxPool2d(i[0], (3, null)), [x]));
        Assert.True(Grad.Gradgradcheck(i => F.Unfold(i[0], 2, padding: 1), [x]));
        Assert.True(Grad.Gradgradcheck(i => F.LpPool2d(i[0], 2, 2), [x]));
    }

    [Fact]
    public void LargeWindowsFindMaximumAndPlace()
    {
        // 20 x 20 positions in a window: the position needs more than a byte.
        var x = Tensor.Zeros(1, 20, 20);
        x.Select(1, 17).Select(1, 3).FillInPlace(5);
        var (values, indices) = F.MaxPool2dWithIndices(x, 20);
        Assert.Equal(5, values.Item());
        Assert.Equal(17 * 20 + 3, indices.Item());
        Assert.Equal(x.ToArray<float>(), F.MaxUnpool2d(values, indices, 20).ToArray<float>());
    }

    [Fact]
    public void NaNWinsAndTheFirstOfEqualsWins()
    {
        var (values, indices) = F.MaxPool1dWithIndices(Tensor.From(new float[,] { { 1, float.NaN, 3, 7, 7, 7 } }), 3);
        Assert.True(float.IsNaN(values.ToArray<float>()[0]));
        Assert.Equal([1L, 3L], indices.ToArray<long>());
    }

    [Fact]
    public void FoldAddsOverlapsUp()
    {
        var x = Tensor.Ones(1, 1, 3, 3);
        var folded = F.Fold(F.Unfold(x, 2), (3, 3), 2);
        Assert.Equal([1f, 2, 1, 2, 4, 2, 1, 2, 1], folded.ToArray<float>());
        Assert.Throws<ArgumentException>(() => F.Fold(Tensor.Ones(1, 5, 4), (3, 3), 2));
        Assert.Throws<ArgumentException>(() => F.Unfold(Tensor.Ones(1, 1, 3, 3), 5));
    }

    [Fact]
    public void BadNumbersAreRefused()
    {
        var x = Tensor.Ones(1, 1, 4, 4);
        Assert.Throws<ArgumentException>(() => F.MaxPool2d(x, 0));
        Assert.Throws<ArgumentException>(() => F.MaxPool2d(x, 2, padding: 2));
        Assert.Throws<ArgumentException>(() => F.MaxPool2d(x, 5));
        Assert.Throws<ArgumentException>(() => F.AvgPool2d(x, 2, divisorOverride: 0));
        Assert.Throws<ArgumentException>(() => F.MaxPool2d(Tensor.Ones(4, 4), 2));
        Assert.Throws<IndexOutOfRangeException>(() => F.MaxUnpool1d(Tensor.Ones(1, 2), Tensor.From(new long[,] { { 0, 9 } }), 2));
    }
}
