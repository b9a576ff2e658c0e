using Firesteel.Nn;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Nn.Layers;

public class LinearTests
{
    [Fact]
    public void OneNodeWithFreshGradients()
    {
        var layer = new Linear(2, 3);
        layer.Weight.Data = Tensor.From(new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } });
        layer.Bias!.Data = Tensor.From([0.5f, 0, -1]);
        var x = Tensor.From(new float[,] { { 1, 1 }, { 2, 0 } }, requiresGrad: true);
        var y = layer.Forward(x);
        Assert.Equal("AddmmBackward0", y.GradFn!.Name);
        Assert.Equal([3.5f, 7, 10, 2.5f, 6, 9], y.ToArray<float>());
        y.Backward(Tensor.From(new float[,] { { 1, 0, 2 }, { 0, 1, 0 } }));
        Assert.Equal([1f, 1, 2, 0, 2, 2], layer.Weight.Grad!.ToArray<float>());
        Assert.True(layer.Weight.Grad.IsContiguous());
        Assert.Equal([1f, 1, 2], layer.Bias.Grad!.ToArray<float>());
        Assert.Equal([11f, 14, 3, 4], x.Grad!.ToArray<float>());
    }

    [Fact]
    public void AnyNumberOfLeadingDimensions()
    {
        var weight = Tensor.From(new float[,] { { 1, 2 } });
        Assert.Equal([3f], F.Linear(Tensor.Ones(2), weight).ToArray<float>());
        Assert.Equal([2L, 0, 1], F.Linear(Tensor.Ones(2, 0, 2), weight, Tensor.Ones(1)).Shape.ToArray());
        Assert.Equal([2L, 3, 1], F.Linear(Tensor.Ones(2, 3, 2), weight, Tensor.Ones(1)).Shape.ToArray());
        Assert.Equal([3f, 3], F.Linear(Tensor.Ones(2, 2), Tensor.From([1f, 2])).ToArray<float>());
        Assert.Throws<ArgumentException>(() => F.Linear(Tensor.Ones(2), weight, Tensor.Ones(2)));
        Assert.Throws<ArgumentException>(() => F.Linear(Tensor.Ones([2], DType.Float64), weight));
    }

    [Fact]
    public void TrainsAStraightLine()
    {
        // y = 2x + 1 on 0..10, learning rate 0.01, 100 steps of plain gradient descent: the loss goes down to near nothing.
        var x = Tensor.Arange(11.0).Reshape(11, 1);
        var y = x * 2 + 1;
        var layer = new Linear(1, 1);
        double first = 0, last = 0;
        for (int step = 0; step < 100; step++)
        {
            layer.ZeroGrad();
            var difference = layer.Forward(x) - y;
            var loss = (difference * difference).Sum() / 11;
            loss.Backward();
            using (Firesteel.Autograd.NoGrad())
            {
                foreach (var p in layer.Parameters()) p.SubInPlace(p.Grad! * 0.01);
            }
            if (step == 0) first = loss.Item();
            last = loss.Item();
        }
        Assert.True(last < 0.5 && last < first, $"{first} -> {last}");
    }
}
