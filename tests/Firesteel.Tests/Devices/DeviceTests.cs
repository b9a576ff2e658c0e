namespace Firesteel.Tests.Devices;

public class DeviceTests
{
    [Theory]
    [InlineData("cuda")]
    [InlineData("cuda:0")]
    [InlineData("mps")]
    public void DevicesThatPyTorchKnowsAreNamedAsMissing(string name)
    {
        var e = Assert.Throws<NotSupportedException>(() => Tensor.Ones(2).To(name));
        Assert.Contains($"'{name}' is not available", e.Message);
        Assert.Contains("cpu", e.Message);
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("")]
    [InlineData("cpu:x")]
    [InlineData("cuda:-1")]
    public void OtherNamesAreRefused(string name) => Assert.Throws<ArgumentException>(() => Tensor.Ones(2).To(name));

    [Fact]
    public void TheCpuIsWhereTensorsAre()
    {
        var x = Tensor.Ones(2);
        Assert.Same(x, x.To("cpu"));
        Assert.Equal("cpu", x.Device.ToString());
        Assert.False(Cuda.IsAvailable());
        Assert.False(Backends.Mps.IsAvailable());
        Cuda.ManualSeedAll(1);
    }
}
