using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Ops;

using Autograd = global::Firesteel.Autograd;

public class SoftmaxTests
{
    [Fact]
    public void LargeNumbersDoNotOverflow()
    {
        Assert.Equal([1f, 0, 0], Tensor.From(new[] { 1e30f, 1, -1e30f }).Softmax(0).ToArray<float>());
        Assert.Equal([0f, -10000], Tensor.From(new[] { 1e4f, 0 }).LogSoftmax(0).ToArray<float>());
        Assert.All(Tensor.Full([2], double.NegativeInfinity).Softmax(0).ToArray<float>(), x => Assert.True(float.IsNaN(x)));
        var rows = Tensor.From(new[,] { { 1000, 1000 }, { -1000, -1000 }, { float.PositiveInfinity, 1 }, { float.NegativeInfinity, float.NegativeInfinity } }).Logsumexp(1).ToArray<float>();
        Assert.Equal([1000.69317626953f, -999.30682373f, float.PositiveInfinity, float.NegativeInfinity], rows);
    }

    [Fact]
    public void RowsOfAnyStrideSumToOne()
    {
        var x = Tensor.Arange(60, DType.Float64).Reshape(3, 4, 5).Permute(2, 0, 1).Div(7);
        for (int dim = -3; dim < 3; dim++)
        {
            Assert.All(x.Softmax(dim).Sum(dim).ToArray<double>(), s => Assert.Equal(1, s, 1e-14));
            Assert.All(x.Softmax(dim).Log().Sub(x.LogSoftmax(dim)).ToArray<double>(), e => Assert.Equal(0, e, 1e-13));
        }
    }

    [Fact]
    public void HalfPrecisionComputesInSingle()
    {
        var x = Tensor.Zeros([70000], DType.Float16);
        Assert.Equal((double)(Half)(1.0 / 70000), x.Softmax(0).ToArray<double>()[0]);
        Assert.Equal(DType.BFloat16, x.To(DType.BFloat16).LogSoftmax(0).DType);
    }

    [Fact]
    public void SecondOrder()
    {
        var x = Tensor.From(new double[,] { { 1, -4, 2 }, { 0.5, 0, 3 } }, requiresGrad: true);
        Assert.True(Autograd.Gradgradcheck(t => t[0].Softmax(1), [x]));
        Assert.True(Autograd.Gradgradcheck(t => t[0].LogSoftmax(0), [x]));
        Assert.True(Autograd.Gradgradcheck(t => t[0].Logsumexp([0, 1]), [x]));
        Assert.True(Autograd.Gradgradcheck(t => F.Softmin(t[0], 1), [x]));
    }

    [Fact]
    public void TheDimensionOfOldIsGuessed()
    {
        Assert.Equal([0.5f, 0.5f, 0.5f, 0.5f], F.Softmax(Tensor.Zeros(2, 2)).ToArray<float>());
        Assert.Equal(1, F.LogSoftmax(Tensor.Zeros(1, 2, 2)).Exp().ToArray<float>()[0]);
        Assert.Equal(1, Tensor.From(3.0).Softmax(0).Item());
        Assert.Equal(0, Tensor.Zeros(0, 3).Softmax(0).NumElements);
    }

    [Fact]
    public void IntegersNeedADType()
    {
        Assert.Contains("dtype", Assert.Throws<NotSupportedException>(() => Tensor.Arange(3).Softmax(0)).Message, StringComparison.Ordinal);
        Assert.Equal(DType.Float64, Tensor.Arange(3).Softmax(0, DType.Float64).DType);
        Assert.Throws<IndexOutOfRangeException>(() => Tensor.Zeros(3).LogSoftmax(1));
    }
}
