namespace Firesteel.Tests.Ops;

using Autograd = global::Firesteel.Autograd;

public class VarianceTests
{
    [Fact]
    public void FarFromZeroNothingCancels()
    {
        var x = Tensor.From(new[] { 1e8, 1e8 + 1, 1e8 + 2 });
        Assert.Equal(1, x.Var().Item());
        Assert.Equal(2, x.Var(correction: 2).Item());
        Assert.Equal(Math.Sqrt(2.0 / 3), x.Std(unbiased: false).Item(), 1e-15);
    }

    [Fact]
    public void HalfPrecisionIsRoundedOnceAtTheEnd()
    {
        // 4096 values around 100: their sum is beyond what float16 holds.
        var x = Tensor.Arange(4096).Remainder(3).Add(99).To(DType.Float16);
        double[] values = x.ToArray<double>();
        double mean = values.Average(), var = values.Sum(v => (v - mean) * (v - mean)) / 4095;
        Assert.Equal((double)(Half)var, x.Var().Item());
        Assert.Equal((double)(Half)mean, x.Mean().Item());
    }

    [Fact]
    public void NoDeviationHasNoGradient()
    {
        var x = Tensor.Full([3], 2.0, requiresGrad: true);
        x.Std().Backward();
        Assert.Equal([0f, 0, 0], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void SecondOrder()
    {
        var x = Tensor.From(new double[,,] { { { 1, 4 }, { 2, -3 } }, { { 0, 0.5 }, { 3, 1 } } }, requiresGrad: true);
        Assert.True(Autograd.Gradgradcheck(t => t[0].Var([0, 2]), [x]));
        Assert.True(Autograd.Gradgradcheck(t => t[0].Std(1), [x]));
        Assert.True(Autograd.Gradcheck(t => t[0].StdMean([0, 1], correction: 0, keepdim: true) is var (s, m) ? [s, m] : [], [x]));
    }

    [Fact]
    public void BadInput()
    {
        Assert.Contains("int64", Assert.Throws<NotSupportedException>(() => Tensor.Arange(3).Std()).Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => Tensor.Arange(3).Mean());
        Assert.True(double.IsNaN(Tensor.Zeros(1).Var().Item()));
    }
}
