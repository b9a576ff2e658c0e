namespace Firesteel.Tests.Ops;

/// <summary>C#'s ways of writing an index, and bad ones. The rules themselves are tested by <see cref="IndexingProperties"/>.</summary>
public class IndexingTests
{
    private static Tensor Grid() => Tensor.Arange(12).Reshape(3, 4);

    [Fact]
    public void CSharpSyntax()
    {
        var x = Grid();
        Assert.Equal([0L, 1, 2, 3], x[0].ToArray<long>());
        Assert.Equal([8L, 9, 10, 11], x[^1].ToArray<long>());
        Assert.Equal([8L, 9, 10, 11], x[-1].ToArray<long>());
        Assert.Equal(6, x[1, 2].Item());
        Assert.Equal([1L, 2, 5, 6, 9, 10], x[.., 1..^1].ToArray<long>());
        Assert.Equal([4L, 5, 6, 7, 8, 9, 10, 11], x[1..].ToArray<long>());
        Assert.Equal([1L, 3, 4], x[TensorIndex.NewAxis].Shape.ToArray());
        Assert.Equal([3L, 1, 4], x[.., null].Shape.ToArray());
        Assert.Equal([3L, 1], x[TensorIndex.Ellipsis, 1..2].Shape.ToArray());
        Assert.Equal([0L, 2, 8, 10], x[TensorIndex.Slice(step: 2), TensorIndex.Slice(step: 2)].ToArray<long>());
        Assert.Equal([8L, 9, 10, 11, 0, 1, 2, 3], x[Tensor.From(new[] { 2, 0 })].ToArray<long>());
        Assert.Equal([6L, 7, 8, 9, 10, 11], x[x.Gt(5)].ToArray<long>());
        Assert.Equal([1L, 3, 4], x[true].Shape.ToArray());
        Assert.Equal([0L, 3, 4], x[false].Shape.ToArray());
    }

    [Fact]
    public void BasicIndexingGivesViews()
    {
        var x = Grid();
        Assert.True(x[1..].SharesStorageWith(x));
        x[1].FillInPlace(-1);
        Assert.Equal([-1L, -1, -1, -1], x[1].ToArray<long>());
        Assert.False(x[Tensor.From(new[] { 1L })].SharesStorageWith(x));
    }

    [Fact]
    public void Assignment()
    {
        var x = Grid().To(DType.Float64);
        x[0] = Tensor.Ones(4);
        x[1, 1..3] = 0.1; // a number keeps its precision in a float64 tensor
        x[x.Gt(10)] = 0;
        x[Tensor.From(new[] { 2L, 2 }), Tensor.From(new[] { 0L, 1 })] = -2;
        Assert.Equal([1, 1, 1, 1, 4, 0.1, 0.1, 7, -2, -2, 10, 0], x.ToArray<double>());
        x[..] = Tensor.Zeros(1, 1, 4);
        Assert.Equal(0, x.Sum().Item());
        var b = Tensor.Zeros([3], DType.Bool);
        b[1] = true;
        Assert.Equal([false, true, false], b.ToArray<bool>());
    }

    [Fact]
    public void NumbersInTheFormOfTensorsPromoteAsNumbers()
    {
        Tensor half = 0.5;
        Assert.Equal(DType.Float32, (Tensor.Ones([], DType.Float32) + half).DType);
        Assert.Equal(DType.Float32, (Tensor.Ones(2) * half).DType);
        Assert.Equal(DType.Int32, (Tensor.Ones([2], DType.Int32) + (Tensor)1).DType);
        Tensor total = 0;
        Assert.Equal(2.5, (total + Tensor.Full([], 2.5)).Item());
    }

    [Fact]
    public void AMaskThatIsIndexedTwiceAddsItsGradients()
    {
        var x = Tensor.From(new[] { 1.0, 2, 3 }, requiresGrad: true);
        var i = Tensor.From(new[] { 0L, 0, 2 });
        var g = Firesteel.Autograd.Grad(x[i].Mul(x[i]).Sum(), x, createGraph: true);
        Assert.Equal([4, 0, 6], g.ToArray<double>());
        Assert.Equal([4, 0, 2], Firesteel.Autograd.Grad(g.Sum(), x).ToArray<double>()); // 2x per use, twice used
    }

    [Fact]
    public void SplitViewsMayNotBeWrittenTo()
    {
        var x = Tensor.Ones([4], requiresGrad: true) * 2;
        var parts = x.Split(2);
        Assert.Throws<InvalidOperationException>(() => parts[0].MulInPlace(2));
        x[..2].MulInPlace(2); // a single view may
        x.Sum().Backward();
    }

    [Fact]
    public void BadIndicesWriteNothing()
    {
        var x = Grid();
        var before = x.ToArray<long>();
        var far = Tensor.From(new[] { 0L, 3 });
        var columns = Tensor.From(new[] { 0L, 4 });
        Assert.Throws<IndexOutOfRangeException>(() => x[3]);
        Assert.Throws<IndexOutOfRangeException>(() => x[-4]);
        Assert.Throws<IndexOutOfRangeException>(() => x[^0]);
        Assert.Throws<IndexOutOfRangeException>(() => x[0, 0, 0]);
        Assert.Throws<IndexOutOfRangeException>(() => x[TensorIndex.Ellipsis, TensorIndex.Ellipsis]);
        Assert.Throws<IndexOutOfRangeException>(() => x[Tensor.From(new[] { true, false })]);
        Assert.Throws<IndexOutOfRangeException>(() => x[Tensor.From(new[] { 0.5 })]);
        Assert.Throws<IndexOutOfRangeException>(() => x[far, Tensor.From(new[] { 0L, 1, 2 })]);
        Assert.Throws<ArgumentException>(() => TensorIndex.Slice(step: -1));
        Assert.Contains("index 3 is out of bounds for dimension 0 with size 3", Assert.Throws<IndexOutOfRangeException>(() => x[far]).Message);
        Assert.Contains("index 4 is out of bounds for dimension 1 with size 4", Assert.Throws<IndexOutOfRangeException>(() => x[Tensor.From(new[] { 0L, 1 }), columns]).Message);
        Assert.Throws<IndexOutOfRangeException>(() => x[far] = 0);
        Assert.Throws<IndexOutOfRangeException>(() => x[far, columns] = 0);
        Assert.Throws<ArgumentException>(() => x[0] = Tensor.Zeros([3], DType.Int64));
        Assert.Throws<ArgumentException>(() => x[Tensor.From(new[] { 0L, 1 })] = Tensor.Zeros([3], DType.Int64));
        Assert.Throws<ArgumentException>(() => x[Tensor.From(new[] { 0L, 1 })] = Tensor.Zeros(4));
        Assert.Throws<InvalidOperationException>(() => Tensor.Ones([2], requiresGrad: true)[0] = 0);
        Assert.Throws<IndexOutOfRangeException>(() => x.ScatterInPlace(0, Tensor.From(new[,] { { 0L, 7 } }), Tensor.Ones([1, 2], DType.Int64)));
        Assert.Throws<IndexOutOfRangeException>(() => x.IndexAddInPlace(1, Tensor.From(new[] { 0L, -1 }), Tensor.Ones([3, 2], DType.Int64)));
        Assert.Throws<IndexOutOfRangeException>(() => x.PutInPlace(Tensor.From(new[] { 0L, 12 }), Tensor.Ones([2], DType.Int64)));
        Assert.Throws<IndexOutOfRangeException>(() => x.IndexFillInPlace(0, Tensor.From(new[] { 0L, 5 }), 1));
        Assert.Throws<ArgumentException>(() => x.MaskedScatterInPlace(x.Ge(0), Tensor.Ones([2], DType.Int64)));
        Assert.Equal(before, x.ToArray<long>());
    }
}
