namespace Firesteel.Tests.Ops;

using Autograd = global::Firesteel.Autograd;

public class ExtremesTests
{
    [Fact]
    public void EqualsShareTheGradientOrTheFirstHasAllOfIt()
    {
        float[] Gradient(Func<Tensor, Tensor> f)
        {
            var x = Tensor.From(new[] { 3f, 3, 1 }, requiresGrad: true);
            f(x).Backward();
            return x.Grad!.ToArray<float>();
        }
        Assert.Equal([0.5f, 0.5f, 0], Gradient(x => x.Amax()));
        Assert.Equal([0.5f, 0.5f, 0], Gradient(x => x.Max()));
        Assert.Equal([1f, 0, 0], Gradient(x => x.Max(0).Values));
        Assert.Equal([0f, 0, 1], Gradient(x => x.Aminmax().Min));
    }

    [Fact]
    public void NaNWins()
    {
        var x = Tensor.From(new[,] { { 1, float.NaN, 5 }, { 2, 0, -1 } });
        Assert.Equal([float.NaN, -1], x.Amin(1).ToArray<float>());
        var (values, indices) = x.Max(1);
        Assert.Equal([float.NaN, 2], values.ToArray<float>());
        Assert.Equal([1L, 0], indices.ToArray<long>());
        Assert.Equal(1, x.Argmax().Item());
        Assert.True(double.IsNaN(x.Max().Item()));
    }

    [Fact]
    public void PositionsCountInTheOrderOfTheView()
    {
        var x = Tensor.From(new[,] { { 1, 2 }, { 9, 4 }, { 5, 6 } }).T;
        Assert.Equal(1, x.Argmax().Item());
        Assert.Equal([1L, 2], x.Argmax(1).ToArray<long>());
        Assert.Equal(new Shape([1, 1]), x.Argmax(keepdim: true).Shape);
        Assert.Equal(0, Tensor.From(3.0).Max(0).Indices.Item());
    }

    [Fact]
    public void DTypesAreKept()
    {
        foreach (var dtype in Enum.GetValues<DType>())
        {
            var x = Tensor.From(new[] { 0, 1, 1 }).To(dtype);
            Assert.Equal(dtype, x.Max().DType);
            Assert.Equal(1, x.Amax(0).Item());
            Assert.Equal(0, x.Min(0).Values.Item());
        }
    }

    [Fact]
    public void SecondOrder()
    {
        var x = Tensor.From(new double[,] { { 1, 4, 2 }, { 7, 0, 3 } }, requiresGrad: true);
        Assert.True(Autograd.Gradgradcheck(t => t[0].Max(1).Values.Pow(3), [x]));
        Assert.True(Autograd.Gradgradcheck(t => t[0].Amin([0, 1]).Pow(3), [x]));
    }

    [Fact]
    public void NothingHasNoExtreme()
    {
        Assert.Contains("specify", Assert.Throws<ArgumentException>(() => Tensor.Zeros(0).Max()).Message, StringComparison.OrdinalIgnoreCase);
        Assert.Throws<IndexOutOfRangeException>(() => Tensor.Zeros(2, 0).Max(1));
        Assert.Throws<IndexOutOfRangeException>(() => Tensor.Zeros(2, 0).Amin(1));
        Assert.Throws<IndexOutOfRangeException>(() => Tensor.Zeros(2, 0).Argmin());
        Assert.Equal(new Shape([0]), Tensor.Zeros(2, 0).Amax(0).Shape);
        Assert.Throws<ArgumentException>(() => Tensor.Zeros(2, 2).Amax([0, -2]));
    }
}
