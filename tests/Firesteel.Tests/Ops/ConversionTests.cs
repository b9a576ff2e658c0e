namespace Firesteel.Tests.Ops;

/// <summary>Conversions between dtypes: values, gradients, and when nothing is copied.</summary>
public class ConversionTests
{
    [Fact]
    public void ShortNamesGiveTheirDType()
    {
        var x = Tensor.From([0.0, 1.5, -2.75]);
        Assert.Equal((DType.Float32, DType.Float64, DType.Float16, DType.Int64, DType.Int32, DType.Bool), (x.Float().DType, x.Double().DType, x.Half().DType, x.Long().DType, x.Int().DType, x.Bool().DType));
        Assert.Equal([0, 1, -2], x.Long().ToArray<long>());
        Assert.Equal([0, 1, -2], x.Int().ToArray<int>());
        Assert.Equal([false, true, true], x.Bool().ToArray<bool>());
        Assert.Equal(DType.Int32, x.TypeAs(Tensor.Zeros([1], dtype: DType.Int32)).DType);
        Assert.Equal(DType.BFloat16, x.To(Tensor.Zeros([1], dtype: DType.BFloat16)).DType);
    }

    [Fact]
    public void TheSameDTypeIsTheSameTensorUnlessACopyIsAskedFor()
    {
        var x = Tensor.Zeros(2);
        Assert.Same(x, x.To(DType.Float32));
        Assert.Same(x, x.Float());
        Assert.False(x.SharesStorageWith(x.To(DType.Float32, copy: true)));
    }

    [Fact]
    public void TheGradientComesBackInTheDTypeOfTheInput()
    {
        var x = Tensor.From([0.5, 1.5], requiresGrad: true);
        (x.Float() * Tensor.From([3f, 5f])).Sum().Backward();
        Assert.Equal(DType.Float64, x.Grad!.DType);
        Assert.Equal([3, 5], x.Grad.ToArray<double>());
        Assert.False(x.Long().RequiresGrad);
    }
}
