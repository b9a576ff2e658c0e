namespace Firesteel.Tests.Ops;

public class NewTensorsTests
{
    [Fact]
    public void NewTensorsFollowTheirModel()
    {
        var x = Tensor.Zeros([2], DType.Int16);
        Assert.Equal(DType.Int16, x.NewZeros(3, 2).DType);
        Assert.Equal([1L, 1, 1], x.NewOnes([3], DType.Int64).ToArray<long>());
        Assert.Equal([(short)7, 7], x.NewFull([2], 7).ToArray<short>());
        Assert.Equal([4L, 5], x.NewEmpty(4, 5).Shape.ToArray());
        Assert.Equal([1L, 9], x.NewEmptyStrided([2, 2], [1, 9]).Stride());
        Assert.Throws<ArgumentException>(() => Tensor.EmptyStrided([2, 2], [1]));
        Assert.Throws<ArgumentException>(() => Tensor.EmptyStrided([2], [-1]));
    }

    [Fact]
    public void ResizingKeepsTheElementsInMemoryOrder()
    {
        var x = Tensor.Arange(6).Reshape(2, 3);
        Assert.Same(x, x.ResizeInPlace(3, 2));
        Assert.Equal([0L, 1, 2, 3, 4, 5], x.ToArray<long>());
        x.ResizeInPlace(2);
        Assert.Equal([0L, 1], x.ToArray<long>());
        x.ResizeInPlace(40);
        Assert.Equal([0L, 1], x[..2].ToArray<long>());
        x.ResizeAsInPlace(Tensor.Zeros(5, 1));
        Assert.Equal([5L, 1], x.Shape.ToArray());
        Assert.Throws<InvalidOperationException>(() => Tensor.Ones([2], requiresGrad: true).ResizeInPlace(3));
        Assert.Throws<ArgumentException>(() => x.ResizeInPlace(-1));
    }

    /// <summary>Numbers from PyTorch 1.13.</summary>
    [Fact]
    public void RangesMeetBothEnds()
    {
        Assert.Equal([0, 0.25, 0.5, 0.75, 1], Tensor.Linspace(0, 1, 5, DType.Float64).ToArray<double>());
        Assert.Equal([3.0], Tensor.Linspace(3, 10, 1, DType.Float64).ToArray<double>());
        Assert.Equal([0L, 3, 6, 10], Tensor.Linspace(0, 10, 4, DType.Int64).ToArray<long>());
        Assert.Equal([0.1, 10, 1000], Tensor.Logspace(-1, 3, 3, dtype: DType.Float64).ToArray<double>());
        Assert.Equal(0, Tensor.Linspace(0, 1, 0).NumElements);
        Assert.Throws<ArgumentException>(() => Tensor.Linspace(0, 1, -1));
    }
}
