namespace Firesteel.Tests.Ops;

public class CreationTests
{
    [Fact]
    public void ScalarTensorIsFloat32WhateverTheNumber()
    {
        foreach (var number in new Scalar[] { 3, 3.0, true })
        {
            var tensor = Tensor.ScalarTensor(number);
            Assert.Equal((DType.Float32, 0, number.AsDouble), (tensor.DType, tensor.Ndim, tensor.Item()));
        }
        Assert.Equal("tensor(3)", Tensor.ScalarTensor(3.7, DType.Int64).ToString());
        Assert.True(Tensor.ScalarTensor(1, requiresGrad: true).RequiresGrad);
        Assert.Throws<InvalidOperationException>(() => Tensor.ScalarTensor(1, DType.Int32, requiresGrad: true));
    }
}
