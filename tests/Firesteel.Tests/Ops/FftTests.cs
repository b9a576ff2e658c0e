namespace Firesteel.Tests.Ops;

public class FftTests
{
    [Fact]
    public void ZeroGoesToTheMiddleAndBack()
    {
        // The frequencies of transforms of 4 and 5 elements, in their order and sorted (numpy.fft.fftfreq).
        long[] even = [0, 1, -2, -1], odd = [0, 1, 2, -2, -1];
        Assert.Equal([-2L, -1, 0, 1], Fft.Fftshift(Tensor.From(even)).ToArray<long>());
        Assert.Equal([-2L, -1, 0, 1, 2], Fft.Fftshift(Tensor.From(odd)).ToArray<long>());
        Assert.Equal(even, Fft.Ifftshift(Fft.Fftshift(Tensor.From(even))).ToArray<long>());
        Assert.Equal(odd, Fft.Ifftshift(Fft.Fftshift(Tensor.From(odd))).ToArray<long>());
    }

    [Fact]
    public void Dimensions()
    {
        var x = Tensor.Arange(6).Reshape(2, 3);
        Assert.Equal([5L, 3, 4, 2, 0, 1], Fft.Fftshift(x).ToArray<long>());
        Assert.Equal([2L, 0, 1, 5, 3, 4], Fft.Fftshift(x, -1).ToArray<long>());
        Assert.Equal([3L, 4, 5, 0, 1, 2], Fft.Ifftshift(x, [0]).ToArray<long>());
        Assert.Equal(x.ToArray<long>(), Fft.Ifftshift(x, 0, 0).ToArray<long>());
        Assert.Equal("RollBackward0", Fft.Fftshift(Tensor.Ones([2, 3]).RequiresGradInPlace()).GradFn!.Name);
        Assert.Contains("fftshift", Assert.Throws<ArgumentException>(() => Fft.Fftshift(Tensor.From(1.0))).Message);
        Assert.Throws<IndexOutOfRangeException>(() => Fft.Ifftshift(x, 2));
    }
}
