namespace Firesteel.Tests.Ops;

using Autograd = global::Firesteel.Autograd;

public class ProductTests
{
    private static Tensor WithZeros() => Tensor.From(new double[,] { { 1, 0, 2 }, { 0, 3, 0 }, { 4, 5, 6 } }, requiresGrad: true);

    /// <summary>Rows with one zero, two zeros and none; numbers of PyTorch.</summary>
    [Fact]
    public void GradientsOfBothOrdersWithZeros()
    {
        var x = WithZeros();
        var g = Autograd.Grad([x.Prod(1).Sum()], [x], createGraph: true)[0]!;
        Assert.Equal([0.0, 2, 0, 0, 0, 0, 30, 24, 20], g.ToArray<double>());
        var weights = Tensor.Arange(1, 10, dtype: DType.Float64).Reshape(3, 3);
        Assert.Equal([4.0, 5, 2, 18, 0, 12, 93, 78, 67], Autograd.Grad([g.Mul(weights).Sum()], [x])[0]!.ToArray<double>());
    }

    [Fact]
    public void GradientOfTheProductOfAllIsThatOfAnyLength()
    {
        for (int n = 1; n <= 9; n++)
        {
            var x = Tensor.Arange(1, n + 1, dtype: DType.Float64, requiresGrad: true);
            var product = x.Prod();
            product.Backward();
            double[] expected = [.. Enumerable.Range(1, n).Select(i => product.Item() / i)];
            Assert.Equal(expected, x.Grad!.ToArray<double>());
        }
    }

    [Fact]
    public void ZerosPassTheSecondOrderCheck()
    {
        Assert.True(Autograd.Gradgradcheck(x => x[0].Prod(1), [WithZeros()]));
        Assert.True(Autograd.Gradgradcheck(x => x[0].Prod(), [WithZeros()]));
    }

    [Fact]
    public void AnEmptyProductIsOne()
    {
        Assert.Equal(1, Tensor.Zeros(0).Prod().Item());
        Assert.Equal([1f, 1, 1], Tensor.Zeros(3, 0).Prod(1).ToArray<float>());
    }

    [Fact]
    public void IntegersMultiplyToInt64()
    {
        var x = Tensor.From(new byte[] { 200, 200 });
        Assert.Equal(DType.Int64, x.Prod().DType);
        Assert.Equal(40000, x.Prod().Item());
        Assert.Throws<IndexOutOfRangeException>(() => x.Prod(1));
    }
}
