using Firesteel.Nn;
using Firesteel.Optim;
using static Firesteel.Nn.GradientClipping;

namespace Firesteel.Tests.Nn;

using Compiler = Firesteel.Compiler;

/// <summary>Clipped gradients; the numbers are those of PyTorch 1.13.</summary>
public class GradientClippingTests
{
    private static Tensor[] Parameters()
    {
        Tensor a = Tensor.Zeros([2, 3], requiresGrad: true), b = Tensor.Zeros([4], requiresGrad: true), none = Tensor.Zeros([1], requiresGrad: true);
        a.Grad = (Tensor.Arange(6.0).Reshape(2, 3) - 2) / 2;
        b.Grad = Tensor.From([0.5f, -3, 0.25f, 1]);
        return [a, b, none];
    }

    [Theory]
    [InlineData(2.0, 1.0, 3.8810439109802246, -0.2576625645160675, -0.7729877233505249)]
    [InlineData(1.0, 1.0, 9.25, -0.10810809582471848, -0.32432428002357483)]
    [InlineData(3.0, 1.0, 3.2321507930755615, -0.30939140915870667, -0.9281742572784424)]
    [InlineData(0.0, 1.0, 2.0, -0.4999997615814209, -1.4999992847442627)]
    [InlineData(double.PositiveInfinity, 1.0, 3.0, -0.33333322405815125, -0.9999996423721313)]
    [InlineData(2.0, 100.0, 3.8810439109802246, -1.0, -3.0)]
    public void ScalesAllGradientsByOneFactor(double normType, double maxNorm, double norm, double first, double least)
    {
        var parameters = Parameters();
        var total = ClipGradNormInPlace(parameters, maxNorm, normType);
        Assert.Equal(norm, total.Item(), 1e-6);
        Assert.Empty(total.Shape);
        Assert.Equal(first, parameters[0].Grad![0, 0].Item(), 1e-7);
        Assert.Equal(least, parameters[1].Grad![1].Item(), 1e-6);
        Assert.Null(parameters[2].Grad);
    }

    [Fact]
    public void ClampsValues()
    {
        var b = Parameters()[1];
        ClipGradValueInPlace(b, 0.75);
        Assert.Equal([0.5, -0.75, 0.25, 0.75], b.Grad!.ToArray<double>());
    }

    [Fact]
    public void NonFiniteNormsThrowIfAskedTo()
    {
        var b = Parameters()[1];
        b.Grad = Tensor.From([float.NaN, 1, 2, 3]);
        var error = Assert.Throws<InvalidOperationException>(() => ClipGradNormInPlace(b, 1, errorIfNonfinite: true));
        Assert.Contains("order 2.0", error.Message);
        Assert.Equal([double.NaN, 1, 2, 3], b.Grad.ToArray<double>());
        Assert.True(double.IsNaN(ClipGradNormInPlace(b, 1).Item()));
        Assert.All(b.Grad.ToArray<double>(), static v => Assert.True(double.IsNaN(v)));
    }

    [Fact]
    public void NothingToClipIsNorm0()
    {
        Assert.Equal(0, ClipGradNormInPlace([], 1).Item());
        Assert.Equal(0, ClipGradNormInPlace(Tensor.Zeros([2], requiresGrad: true), 1).Item());
        ClipGradValueInPlace([], 1);
    }

    [Fact]
    public void CanBeCaptured()
    {
        double[] Run(bool captured)
        {
            Rng.ManualSeed(0);
            var layer = new Linear(3, 2);
            var optimizer = new Adam(layer.Parameters(), 0.1);
            Func<Tensor, (Tensor, Tensor)> body = x =>
            {
                optimizer.ZeroGrad();
                var loss = layer.Forward(x).Square().Sum();
                loss.Backward();
                var norm = ClipGradNormInPlace(layer.Parameters(), 0.5);
                optimizer.Step();
                return (loss.Detach(), norm);
            };
            var step = Compiler.Compile(body);
            var numbers = new List<double>();
            for (int i = 0; i < 12; i++)
            {
                var x = Tensor.Full([4, 3], 0.25 * i);
                var (loss, norm) = captured ? step.Run(x) : body(x);
                numbers.AddRange([loss.Item(), norm.Item()]);
            }
            if (captured) Assert.True(step.Replays > 5, step.EagerBecause);
            return [.. numbers];
        }

        Assert.Equal(Run(false), Run(true));
    }
}
