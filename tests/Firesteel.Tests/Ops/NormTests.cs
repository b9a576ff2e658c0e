namespace Firesteel.Tests.Ops;

using Autograd = global::Firesteel.Autograd;

public class NormTests
{
    [Theory]
    [InlineData(0.5, 13.928203582763672)]
    [InlineData(-1, 1.7142857313156128)]
    [InlineData(0, 2)]
    [InlineData(1, 7)]
    [InlineData(2, 5)]
    [InlineData(double.PositiveInfinity, 4)]
    [InlineData(double.NegativeInfinity, 3)]
    public void OrdersOfVectors(double p, double expected)
    {
        var x = Tensor.From(new[] { 3.0, -4 }, requiresGrad: true);
        Assert.Equal(expected, x.Norm(p).Item(), 1e-6);
        Assert.Equal(expected, Linalg.VectorNorm(x, p).Item(), 1e-6);
        if (p != 0) Assert.True(Autograd.Gradgradcheck(t => t[0].Norm(p), [x]));
    }

    [Fact]
    public void AtZeroTheGradientIsZeroAndSoIsTheNext()
    {
        foreach (double p in (double[])[0.5, 1, 1.5, 2, 3, double.PositiveInfinity])
        {
            var x = Tensor.Zeros([3], requiresGrad: true);
            var g = Autograd.Grad([x.Norm(p)], [x], createGraph: true)[0]!;
            Assert.Equal([0f, 0, 0], g.ToArray<float>());
            if (g.RequiresGrad) Assert.All(Autograd.Grad([g.Sum()], [x], allowUnused: true)[0]?.ToArray<float>() ?? [], e => Assert.True(float.IsFinite(e)));
        }
    }

    [Fact]
    public void OrdersOfMatrices()
    {
        var x = Tensor.Arange(6, DType.Float32).Reshape(2, 3).Sub(2);
        Assert.Equal(3, Linalg.Norm(x, 1).Item());
        Assert.Equal(6, Linalg.Norm(x, double.PositiveInfinity).Item());
        Assert.Equal(3, Linalg.Norm(x, -1).Item());
        Assert.Equal(Math.Sqrt(19), Linalg.MatrixNorm(x.Unsqueeze(0)).Item(), 1e-6);
    }

    [Fact]
    public void RenormBoundsEachSlice()
    {
        var x = Tensor.From(new[,] { { 3f, 4 }, { 0.3f, 0.4f } });
        Assert.Equal([0.6f, 0.8f, 0.3f, 0.4f], x.Renorm(2, 0, 1).ToArray<float>(), (a, b) => Math.Abs(a - b) < 1e-6);
        x.RenormInPlace(2, 0, 1);
        Assert.Equal(0.6f, x.ToArray<float>()[0], 1e-6);
    }

    [Fact]
    public void BadInput()
    {
        Assert.Throws<NotSupportedException>(() => Tensor.Arange(3).Norm());
        Assert.Throws<ArgumentException>(() => Tensor.Zeros(3).Norm("frob"));
        Assert.Throws<ArgumentException>(() => Linalg.VectorNorm(Tensor.Zeros(0), double.PositiveInfinity));
        Assert.Throws<ArgumentException>(() => Linalg.MatrixNorm(Tensor.Zeros(3)));
        Assert.Throws<ArgumentException>(() => Linalg.MatrixNorm(Tensor.Zeros(3, 3), 3));
        Assert.Throws<ArgumentException>(() => Tensor.Zeros(3).Renorm(2, 0, 1));
        Assert.Equal(0, Tensor.Zeros(0).Norm().Item());
    }
}
