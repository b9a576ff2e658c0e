namespace Firesteel.Tests.Ops;

using Autograd = global::Firesteel.Autograd;

public class ScansTests
{
    [Fact]
    public void CumprodGradientWithZeros()
    {
        var x = Tensor.From(new double[,] { { 1, 0, 2 }, { 0, 3, 0 }, { 4, 5, 6 } }, requiresGrad: true);
        x.Cumprod(1).Mul(Tensor.Arange(1, 10, dtype: DType.Float64).Reshape(3, 3)).Sum().Backward();
        Assert.Equal([1.0, 8, 0, 19, 0, 0, 317, 248, 180], x.Grad!.ToArray<double>());
        Assert.True(Autograd.Gradgradcheck(t => t[0].Cumprod(1), [x.Detach().RequiresGradInPlace()]));
        Assert.True(Autograd.Gradgradcheck(t => t[0].Cumprod(0), [x.Detach().RequiresGradInPlace()]));
    }

    /// <summary>Backward scans run over views with negative strides, here of a transposed gradient too.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void CumsumGradientIsTheSumFromTheEnd(long dim)
    {
        var x = Tensor.Zeros([3, 4], DType.Float64, requiresGrad: true);
        x.Cumsum(dim).Backward(Tensor.Arange(12, DType.Float64).Reshape(4, 3).T);
        var g = new double[3, 4];
        for (int i = 0; i < 3; i++)
            for (int j = 0; j < 4; j++)
                for (int k = dim == 0 ? i : j; k < (dim == 0 ? 3 : 4); k++) g[i, j] += dim == 0 ? 3 * j + k : 3 * k + i;
        Assert.Equal(g.Cast<double>(), x.Grad!.ToArray<double>());
    }

    [Fact]
    public void LogcumsumexpNeitherOverflowsNorLosesItsGradients()
    {
        var x = Tensor.From(new double[] { 1000, 1000, -1000, 999 });
        double log2 = Math.Log(2);
        var y = x.Logcumsumexp(0).ToArray<double>();
        Assert.Equal(1000 + log2, y[1], 1e-9);
        Assert.Equal(1000 + Math.Log(2 + Math.Exp(-1)), y[3], 1e-9);
        var z = Tensor.From(new double[,] { { 0.5, -2, 1.5, 0 }, { 3, -1, 0.25, 2 } }, requiresGrad: true);
        Assert.True(Autograd.Gradcheck(t => t[0].Logcumsumexp(1).Sin(), [z]));
        Assert.True(Autograd.Gradgradcheck(t => t[0].Logcumsumexp(1), [z]));
    }

    [Fact]
    public void RunningExtremesTakeTheLastOfEqualsAndKeepNaN()
    {
        var (values, indices) = Tensor.From(new long[] { 1, 3, 3, 2 }).Cummax(0);
        Assert.Equal([1L, 3, 3, 3], values.ToArray<long>());
        Assert.Equal([0L, 1, 2, 2], indices.ToArray<long>());
        (values, indices) = Tensor.From(new[] { 1, float.NaN, 3, 3, 2 }).Cummin(0);
        Assert.Equal([1, float.NaN, float.NaN, float.NaN, float.NaN], values.ToArray<float>());
        Assert.Equal([0L, 1, 1, 1, 1], indices.ToArray<long>());
    }

    [Fact]
    public void InPlaceFormsKeepTheDType()
    {
        var x = Tensor.From(new[] { 1, 2, 3 });
        x.CumsumInPlace(0);
        Assert.Equal(DType.Int32, x.DType);
        Assert.Equal([1, 3, 6], x.ToArray<int>());
        x.CumprodInPlace(-1);
        Assert.Equal([1, 3, 18], x.ToArray<int>());
        Assert.Equal(DType.Int64, x.Cumsum(0).DType);
    }

    [Fact]
    public void BadInput()
    {
        Assert.Throws<IndexOutOfRangeException>(() => Tensor.Zeros(2).Cumsum(1));
        Assert.Throws<NotSupportedException>(() => Tensor.From(new[] { 1 }).Logcumsumexp(0));
        Assert.Equal(0, Tensor.Zeros(0).Cumprod(0).NumElements);
        Assert.Equal(5, Tensor.From(5.0).Cumsum(0).Item());
    }
}
