using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Devices.Cpu.Fused;

public class LayerNormTests
{
    [Fact]
    public void RandomShapes()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        Rng.ManualSeed(seed);
        for (int trial = 0; trial < 30; trial++)
        {
            long[] normalized = random.Next(2) == 0 ? [random.Next(6, trial == 0 ? 3000 : 50)] : [random.Next(2, 8), random.Next(3, 9)];
            long[] sizes = [random.Next(1, 7), random.Next(1, trial == 1 ? 300 : 30), .. normalized];
            var x = (Tensor.Randn(sizes) * 2 + 1).RequiresGradInPlace();
            if (trial % 5 == 4) x = x.Detach().Transpose(0, 1).RequiresGradInPlace();
            var weight = Tensor.Randn(normalized).RequiresGradInPlace();
            var bias = Tensor.Randn(normalized).RequiresGradInPlace();
            string what = $"{x.Shape} over [{string.Join(", ", normalized)}] (seed {seed})";
            FusedCheck.SameAsInDouble(t => F.LayerNorm(t[0], normalized), [x], 1e-5, "layer_norm " + what);
            FusedCheck.SameAsInDouble(t => F.LayerNorm(t[0], normalized, t[1]), [x, weight], 1e-5, "layer_norm weight " + what);
            FusedCheck.SameAsInDouble(t => F.LayerNorm(t[0], normalized, t[1], t[2]), [x, weight, bias], 1e-5, "layer_norm weight bias " + what);
            FusedCheck.SameAsInDouble(t => F.LayerNorm(t[0], normalized, t[1], t[2]), [x.Detach(), weight.Detach(), bias], 1e-5, "layer_norm bias alone " + what);
            FusedCheck.SameAsInDouble(t => F.RmsNorm(t[0], normalized, eps: 1e-6), [x], 1e-5, "rms_norm " + what);
            FusedCheck.SameAsInDouble(t => F.RmsNorm(t[0], normalized, t[1], 1e-6), [x, weight], 1e-5, "rms_norm weight " + what);
        }
    }

    // torch.nn.functional.layer_norm of a constant row is its bias, and of a row with NaN is NaN.
    [Fact]
    public void ConstantRowsAndNaN()
    {
        var x = Tensor.From(new[,] { { 3f, 3, 3 }, { float.NaN, 1, 2 } });
        float[] y = F.LayerNorm(x, [3], Tensor.Ones(3), Tensor.From(new[] { 1f, 2, 3 })).ToArray<float>();
        Assert.Equal([1f, 2, 3, float.NaN, float.NaN, float.NaN], y);
        Assert.Throws<ArgumentException>(() => F.LayerNorm(x, [2]));
        Assert.Throws<ArgumentException>(() => F.LayerNorm(x, [3], Tensor.Ones(2)));
    }
}
