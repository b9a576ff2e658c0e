namespace Firesteel.Tests.Ops;

using Autograd = global::Firesteel.Autograd;

public class SortingTests
{
    private const float NaN = float.NaN;

    private static Tensor WithNaN() => Tensor.From(new[,] { { 3, 1, 2, 1 }, { NaN, 1, NaN, 5 } });

    [Fact]
    public void SortsStablyWithNaNLargest()
    {
        var (values, indices) = WithNaN().Sort(1);
        Assert.Equal([1, 1, 2, 3, 1, 5, NaN, NaN], values.ToArray<float>());
        Assert.Equal([1L, 3, 2, 0, 1, 3, 0, 2], indices.ToArray<long>());
        (values, indices) = WithNaN().Sort(1, descending: true);
        Assert.Equal([3, 2, 1, 1, NaN, NaN, 5, 1], values.ToArray<float>());
        Assert.Equal([0L, 2, 1, 3, 0, 2, 3, 1], indices.ToArray<long>());
        Assert.Equal([0L, 2], WithNaN().Topk(2, 1).Indices.Select(0, 1).ToArray<long>());
        Assert.Equal([1L, 5], WithNaN().Kthvalue(2, 1).Values.ToArray<long>());
    }

    [Fact]
    public void MediansAreTheLowerOfTwo()
    {
        var (values, indices) = WithNaN().Median(1);
        Assert.Equal([1, NaN], values.ToArray<float>());
        Assert.Equal([3L, 0], indices.ToArray<long>());
        (values, indices) = WithNaN().Nanmedian(1, keepdim: true);
        Assert.Equal([1f, 1], values.ToArray<float>());
        Assert.Equal([3L, 1], indices.ToArray<long>());
        Assert.True(double.IsNaN(WithNaN().Median().Item()));
        Assert.Equal(1, WithNaN().Nanmedian().Item());
    }

    [Fact]
    public void TheModeIsTheMostFrequentAndTheSmallestOfThose()
    {
        var (values, indices) = Tensor.From(new long[,] { { 2, 2, 1, 1, 3 }, { 5, 4, 5, 4, 4 } }).Mode(1);
        Assert.Equal([1L, 4], values.ToArray<long>());
        Assert.Equal([3L, 4], indices.ToArray<long>());
        Assert.Equal(NaN, WithNaN().Mode(1).Values.Select(0, 1).Item<float>());
    }

    [Fact]
    public void GradientsGoWhereTheElementsCameFrom()
    {
        var x = Tensor.From(new double[,] { { 1, -4, 2 }, { 0.5, 7, 3 } }, requiresGrad: true);
        Assert.True(Autograd.Gradgradcheck(t => t[0].Sort(1, descending: true).Values.Pow(3), [x]));
        Assert.True(Autograd.Gradgradcheck(t => t[0].Topk(2, 0, largest: false).Values.Pow(3), [x]));
        Assert.True(Autograd.Gradcheck(t => t[0].Kthvalue(2).Values, [x]));
        Assert.True(Autograd.Gradcheck(t => t[0].Median(), [x]));
    }

    [Theory]
    [InlineData("linear", 0.4, 3, 3.5, 2.6)]
    [InlineData("lower", 0, 3, 3, 2)]
    [InlineData("higher", 1, 3, 4, 5)]
    [InlineData("midpoint", 0.5, 3, 3.5, 3.5)]
    [InlineData("nearest", 0, 3, 3, 2)]
    public void Quantiles(string interpolation, double first, double second, double third, double withoutNaN)
    {
        var x = Tensor.From(new[,] { { 1.0, 5, 2, 8, double.NaN }, { 4, 3, 9, 1, 0 } });
        var q = x.Quantile(Tensor.From(new[] { 0.1, 0.5, 0.625 }), 1, interpolation: interpolation);
        Assert.Equal(new Shape([3, 2]), q.Shape);
        double[] values = q.ToArray<double>();
        Assert.Equal([first, second, third], [values[1], values[3], values[5]], (a, b) => Math.Abs(a - b) < 1e-12);
        Assert.True(double.IsNaN(values[0]));
        Assert.Equal(withoutNaN, x.Nanquantile(0.4, 1, keepdim: true, interpolation: interpolation).ToArray<double>()[0], 1e-12);
    }

    [Fact]
    public void BadInput()
    {
        var x = Tensor.Zeros(2, 3);
        Assert.Throws<ArgumentException>(() => x.Topk(4));
        Assert.Throws<ArgumentException>(() => x.Topk(-1));
        Assert.Throws<ArgumentException>(() => x.Kthvalue(0));
        Assert.Throws<ArgumentException>(() => x.Kthvalue(4));
        Assert.Throws<IndexOutOfRangeException>(() => x.Sort(2));
        Assert.Throws<IndexOutOfRangeException>(() => Tensor.Zeros(2, 0).Median(1));
        Assert.Throws<IndexOutOfRangeException>(() => Tensor.Zeros(2, 0).Mode(1));
        Assert.Throws<ArgumentException>(() => x.Quantile(1.5));
        Assert.Throws<ArgumentException>(() => x.Quantile(double.NaN));
        Assert.Throws<ArgumentException>(() => x.Quantile(0.5, interpolation: "cubic"));
        Assert.Throws<ArgumentException>(() => Tensor.Zeros(0).Quantile(0.5));
        Assert.Throws<NotSupportedException>(() => Tensor.Arange(3).Quantile(0.5));
        Assert.Equal(0, x.Topk(0).Values.NumElements);
        Assert.True(double.IsNaN(Tensor.Zeros(0).Median().Item()));
        Assert.Equal(0, Tensor.From(2.0).Sort().Indices.Item());
    }
}
