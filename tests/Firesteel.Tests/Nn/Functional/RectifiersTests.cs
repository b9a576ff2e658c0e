using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Nn;

[Collection(Conformance.GeneratorCollection.Name)]
public class RectifiersTests
{
    [Fact]
    public void RreluDrawsForElementsThatAreNotPositive()
    {
        // PyTorch: manual_seed(3); rrelu(x, 0.1, 0.4, training=True); rand(2).
        Rng.ManualSeed(3);
        var y = F.Rrelu(Tensor.From(new[] { -1f, 2, -3, 0, 5, -6 }), 0.1, 0.4, training: true);
        Assert.Equal([-0.11023245751857758f, 2, -0.5580662488937378f, 0, 5, -0.9148687124252319f], y.ToArray<float>());
        Assert.Equal([0.5944212079048157f, 0.887856662273407f], Tensor.Rand(2).ToArray<float>());
    }

    [Fact]
    public void GradientsStayFiniteFarOut()
    {
        foreach (var activation in new Func<Tensor, Tensor>[] { x => F.Elu(x), x => F.Selu(x), x => F.Celu(x, 0.5), x => F.Mish(x), x => F.Softplus(x), F.Logsigmoid, x => F.Silu(x), x => F.Gelu(x, "tanh") })
        {
            var x = Tensor.From(new[] { -1000f, 0, 1000 }).RequiresGradInPlace();
            var first = Firesteel.Autograd.Grad([activation(x).Sum()], [x], createGraph: true)[0]!;
            first.Sum().Backward();
            Assert.True(first.Isfinite().ToArray<bool>().All(f => f), $"first derivative {string.Join(", ", first.ToArray<float>())}");
            Assert.True(x.Grad!.Isfinite().ToArray<bool>().All(f => f), $"second derivative {string.Join(", ", x.Grad!.ToArray<float>())}");
        }
    }

    [Fact]
    public void InPlaceWritesIntoTheInput()
    {
        var x = Tensor.From(new[] { -1f, 2 });
        Assert.Same(x, F.LeakyRelu(x, 0.5, inplace: true));
        Assert.Equal([-0.5f, 2], x.ToArray<float>());
    }

    [Fact]
    public void WrongArguments()
    {
        var x = Tensor.Ones(2, 3);
        Assert.Contains("ndim = 2", Assert.Throws<ArgumentException>(() => F.Prelu(x, Tensor.Ones(3, 1))).Message);
        Assert.Contains("channel size = 3", Assert.Throws<ArgumentException>(() => F.Prelu(x, Tensor.Ones(2))).Message);
        Assert.Contains("zero-dim", Assert.Throws<ArgumentException>(() => F.Prelu(Tensor.From(1.0), Tensor.Ones(2))).Message);
        Assert.Contains("even", Assert.Throws<ArgumentException>(() => F.Glu(x)).Message);
        Assert.Contains("none or tanh", Assert.Throws<ArgumentException>(() => F.Gelu(x, "asdf")).Message);
        Assert.Contains("lambda", Assert.Throws<ArgumentException>(() => F.Softshrink(x, -1)).Message);
        Assert.Contains("alpha cannot be 0", Assert.Throws<ArgumentException>(() => F.Celu(x, 0)).Message);
        Assert.Contains("boolean", Assert.Throws<NotSupportedException>(() => Tensor.From(new[] { true }).Relu()).Message);
    }
}
