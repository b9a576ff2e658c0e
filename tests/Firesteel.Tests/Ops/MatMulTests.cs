namespace Firesteel.Tests.Ops;

public class MatMulTests
{
    [Fact]
    public void MatmulBroadcastsLeadingDimensions()
    {
        var a = Tensor.Arange(12, dtype: DType.Float32).Reshape(2, 1, 2, 3);
        var b = Tensor.Arange(18, dtype: DType.Float32).Reshape(3, 3, 2);
        var product = a.Matmul(b);
        Assert.Equal([2, 3, 2, 2], product.Shape);
        for (int i = 0; i < 2; i++)
            for (int j = 0; j < 3; j++)
                Assert.Equal(a.Select(0, i).Select(0, 0).Mm(b.Select(0, j)).ToArray<float>(), product.Select(0, i).Select(0, j).ToArray<float>());
    }

    [Theory]
    [InlineData(new long[] { 3, 4 }, new long[] { 4 }, new long[] { 3 })]
    [InlineData(new long[] { 4 }, new long[] { 2, 4, 5 }, new long[] { 2, 5 })]
    [InlineData(new long[] { 2, 3, 4 }, new long[] { 4, 5 }, new long[] { 2, 3, 5 })]
    [InlineData(new long[] { 3, 4 }, new long[] { 2, 4, 5 }, new long[] { 2, 3, 5 })]
    [InlineData(new long[] { 2, 3, 0 }, new long[] { 0, 5 }, new long[] { 2, 3, 5 })]
    [InlineData(new long[] { 0, 3, 4 }, new long[] { 4, 5 }, new long[] { 0, 3, 5 })]
    public void GradientsHaveTheShapesOfTheOperands(long[] left, long[] right, long[] expected)
    {
        var a = Tensor.Ones(left, dtype: DType.Float64, requiresGrad: true);
        var b = Tensor.Ones(right, dtype: DType.Float64, requiresGrad: true);
        var product = a.Matmul(b);
        Assert.Equal(Shape.Create(expected), product.Shape);
        product.Sum().Backward();
        // Every element of a meets one element of each column of b.
        double columns = b.Ndim == 1 ? 1 : b.Shape[-1], repeats = b.Ndim > a.Ndim ? b.Shape[0] : 1;
        Assert.All(a.Grad!.ToArray<double>(), g => Assert.Equal(columns * repeats, g));
        Assert.Equal(Shape.Create(right), b.Grad!.Shape);
    }

    [Fact]
    public void WrongShapesAreNamed()
    {
        var error = Assert.Throws<ArgumentException>(() => Tensor.Zeros(64, 784).Matmul(Tensor.Zeros(512, 10)));
        Assert.Contains("matmul: [64, 784] x [512, 10]: inner dimensions 784 and 512 differ", error.Message);
        Assert.Throws<ArgumentException>(() => Tensor.Zeros(2, 3, 4).Matmul(Tensor.Zeros(3, 4, 5)));
        Assert.Throws<ArgumentException>(() => Tensor.Zeros(3).Matmul(Tensor.From(1f)));
        Assert.Throws<ArgumentException>(() => Tensor.Zeros(2, 3).Matmul(Tensor.Zeros([3, 2], dtype: DType.Float64)));
        Assert.Throws<ArgumentException>(() => Tensor.Zeros(2, 3, 4).Bmm(Tensor.Zeros(3, 4, 5)));
        Assert.Throws<ArgumentException>(() => Tensor.Zeros(3).Dot(Tensor.Zeros(4)));
        Assert.Throws<NotSupportedException>(() => Tensor.Zeros([2, 2], dtype: DType.Bool).Mm(Tensor.Zeros([2, 2], dtype: DType.Bool)));
    }

    [Fact]
    public void BetaZeroIgnoresNaN()
    {
        var input = Tensor.Full([2, 2], double.NaN);
        input.RequiresGrad = true;
        var sum = input.Addmm(Tensor.Ones(2, 3), Tensor.Ones(3, 2), beta: 0, alpha: 2);
        Assert.Equal([6f, 6f, 6f, 6f], sum.ToArray<float>());
        sum.Sum().Backward();
        Assert.Equal([0f, 0f, 0f, 0f], input.Grad!.ToArray<float>());
    }

    [Fact]
    public void AddmmInPlaceWritesIntoTheInput()
    {
        var target = Tensor.Ones(2, 2);
        Assert.Same(target, target.AddmmInPlace(Tensor.Ones(2, 3), Tensor.Ones(3, 2), beta: 10, alpha: 2));
        Assert.Equal([16f, 16f, 16f, 16f], target.ToArray<float>());
        Assert.Throws<ArgumentException>(() => Tensor.Ones(2).AddmmInPlace(Tensor.Ones(2, 3), Tensor.Ones(3, 2)));
    }

    [Fact]
    public void TensordotTakesPairsOfDimensions()
    {
        // numpy.tensordot(arange(60).reshape(3,4,5), arange(24).reshape(4,3,2), axes=([1,0],[0,1])), from its documentation.
        var a = Tensor.Arange(60, dtype: DType.Float64).Reshape(3, 4, 5);
        var b = Tensor.Arange(24, dtype: DType.Float64).Reshape(4, 3, 2);
        Assert.Equal([4400, 4730, 4532, 4874, 4664, 5018, 4796, 5162, 4928, 5306], a.Tensordot(b, [1, 0], [0, 1]).ToArray<double>());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ProductsOfTransposedOperandsAreThoseOfTransposedTensorsToAnyDerivative(int transposes)
    {
        var which = (Tensor.Transposes)transposes;
        foreach (long[] batch in new long[][] { [], [2] })
        {
            long[] Of(bool transposed, long m, long n) => [.. batch, transposed ? n : m, transposed ? m : n];
            Rng.ManualSeed(transposes);
            var a = Tensor.Randn(Of((which & Tensor.Transposes.Left) != 0, 3, 4), dtype: DType.Float64, requiresGrad: true);
            var b = Tensor.Randn(Of((which & Tensor.Transposes.Right) != 0, 4, 2), dtype: DType.Float64, requiresGrad: true);
            var left = (which & Tensor.Transposes.Left) != 0 ? a.Transpose(-2, -1) : a;
            var right = (which & Tensor.Transposes.Right) != 0 ? b.Transpose(-2, -1) : b;
            Assert.Equal(left.Matmul(right).ToArray<double>(), Tensor.Product(a, b, which).ToArray<double>());
            Assert.True(Firesteel.Autograd.Gradcheck(x => Tensor.Product(x[0], x[1], which), [a, b]));
            Assert.True(Firesteel.Autograd.Gradgradcheck(x => Tensor.Product(x[0], x[1], which), [a, b]));
            // The second derivative differentiated once more, in which products of both transposed operands occur.
            Assert.True(Firesteel.Autograd.Gradgradcheck(x =>
            {
                var y = Tensor.Product(x[0], x[1], which);
                return Firesteel.Autograd.Grad([(y * y).Sum()], [x[0], x[1]], createGraph: true)[0]!;
            }, [a, b]));
        }
    }
}
