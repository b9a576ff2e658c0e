namespace Firesteel.Tests.Ops;

/// <summary>Views of bytes as another type; shapes, strides and refusals as PyTorch 1.13 gives them.</summary>
public class ViewsTests
{
    private static readonly Tensor s_x = Tensor.Arange(8, dtype: DType.Float32).Reshape(2, 4);

    public static TheoryData<DType, long[]> Whole => new()
    {
        { DType.Int32, [2, 4] },
        { DType.Int64, [2, 2] },
        { DType.UInt8, [2, 16] },
        { DType.Bool, [2, 16] },
        { DType.Float16, [2, 8] },
        { DType.Float64, [2, 2] },
        { DType.Float32, [2, 4] },
    };

    [Theory]
    [MemberData(nameof(Whole))]
    public void TheLastSizeChanges(DType dtype, long[] sizes)
    {
        var view = s_x.View(dtype);
        Assert.Equal(sizes, view.Shape.ToArray());
        Assert.Equal(dtype, view.DType);
        Assert.True(view.SharesStorageWith(s_x));
        Assert.Equal([sizes[1], 1], view.Stride());
    }

    [Fact]
    public void Bytes()
    {
        Assert.Equal([0, 1065353216, 1073741824, 1077936128], s_x[0].View(DType.Int32).ToArray<int>());
        Assert.Equal([4575657221408423936, 4629700418010611712, 4656722015783223296, 4674736414296899584], s_x.View(DType.Int64).ToArray<long>());
        Assert.Equal([0, 0, 0, 1.875], s_x.View(DType.Float16)[0, ..4].ToArray<double>());
        Assert.Equal([0.0078125, 32.00000762939453, 2048.0004920959473, 32768.007904052734], s_x.View(DType.Float64).ToArray<double>());
        Assert.Equal([32.00000762939453, 32768.007904052734], s_x[.., 2..].View(DType.Float64).ToArray<double>());
        Assert.Equal([0, 1082130432], s_x.T.View(DType.Int32)[0].ToArray<int>());
        Assert.Equal(1065353216, Tensor.From(1f).View(DType.Int32).Item<int>());
        Assert.Equal([3L, 2], Tensor.Zeros(1, 4).Expand(3, 4).View(DType.Int64).Shape.ToArray());
        Assert.Equal([0L, 1], Tensor.Zeros(1, 4).Expand(3, 4).View(DType.Int64).Stride());
        Assert.Equal([3L, 4], Tensor.Zeros(3, 1).View(DType.Int8).Shape.ToArray());
        Assert.Equal([3L, 0], Tensor.Zeros(3, 0).View(DType.Int8).Shape.ToArray());
        Assert.Equal([0L], Tensor.Zeros(0, 3).View(0).Shape.ToArray()); // a shape, and no dtype
    }

    [Fact]
    public void WritesAreSeenByBoth()
    {
        var x = Tensor.From([1f, -2, 3]);
        var bits = x.View(DType.Int32);
        int version = x.Version;
        bits.BitwiseAndInPlace(int.MaxValue); // without the sign
        Assert.Equal([1f, 2, 3], x.ToArray<float>());
        Assert.True(x.Version > version);
        Assert.Equal(x.Version, bits.Version);
        // A write from a view of other elements of the same bytes: as if it had been read before.
        var y = Tensor.From([1f, 2, 3, 4]);
        var expected = (y + y[..2].View(DType.Int16).To(DType.Float32)).ToArray<float>();
        y.AddInPlace(y[..2].View(DType.Int16));
        Assert.Equal(expected, y.ToArray<float>());
    }

    [Fact]
    public void NoGradientGoesThrough()
    {
        var x = Tensor.Ones(4).RequiresGradInPlace();
        Assert.False(x.View(DType.Int32).RequiresGrad);
        Assert.False(x.View(DType.Float32).RequiresGrad);
        Assert.Null(x.View(DType.BFloat16).GradFn);
        // What backward needs and somebody overwrote is still noticed.
        var y = (x * x).Sum();
        x.View(DType.Int32).ZeroInPlace();
        Assert.Throws<InvalidOperationException>(() => y.Backward());
    }

    [Fact]
    public void ElementsThatDoNotFitAreRefused()
    {
        Refused("self.dim() cannot be 0 to view float32 as int16", Tensor.From(1f), DType.Int16);
        Refused("self.stride(-1) must be 1 to view float32 as int64 (different element sizes), but got 4", s_x.T, DType.Int64);
        Refused("self.stride(-1) must be 1", s_x.T, DType.Int16);
        Refused("self.stride(-1) must be 1", Tensor.Zeros(3, 1).Expand(3, 4), DType.Int16);
        Refused("self.size(-1) must be divisible by 2 to view float32 as float64 (different element sizes), but got 3", s_x[.., 1..], DType.Float64);
        Refused("self.storage_offset() must be divisible by 2 to view float32 as float64 (different element sizes), but got 1", s_x[.., 1..3], DType.Float64);
        Refused("self.stride(0) must be divisible by 2 to view float32 as int64 (different element sizes), but got 3", Tensor.Zeros(5, 3)[.., ..2], DType.Int64);

        static void Refused(string message, Tensor x, DType dtype) => Assert.Contains(message, Assert.Throws<ArgumentException>(() => x.View(dtype)).Message);
    }
}
