using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Devices.Cpu.Fused;

public class GroupNormTests
{
    [Fact]
    public void RandomShapes()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        Rng.ManualSeed(seed);
        for (int trial = 0; trial < 20; trial++)
        {
            long groups = random.Next(1, 5), channels = groups * random.Next(1, 5), n = random.Next(1, 9);
            long[] sizes = (trial % 3) switch
            {
                0 => [n, channels, random.Next(8, trial == 0 ? 3000 : 60)],
                1 => [n, channels, random.Next(1, 9), random.Next(3, 9)],
                _ => [n, channels * 3, 2],
            };
            channels = sizes[1];
            var x = (Tensor.Randn(sizes) * 2 + 1).RequiresGradInPlace();
            if (trial % 5 == 4) x = (Tensor.Randn([sizes[1], sizes[0], .. sizes[2..]]) * 2).Transpose(0, 1).RequiresGradInPlace();
            Tensor weight = Tensor.Randn(channels).RequiresGradInPlace(), bias = Tensor.Randn(channels).RequiresGradInPlace();
            string what = $"{x.Shape} in {groups} groups (seed {seed})";
            FusedCheck.SameAsInDouble(t => F.GroupNorm(t[0], groups), [x], 1e-5, what);
            FusedCheck.SameAsInDouble(t => F.GroupNorm(t[0], groups, t[1]), [x, weight], 1e-5, what + " weight");
            FusedCheck.SameAsInDouble(t => F.GroupNorm(t[0], groups, t[1], t[2]), [x, weight, bias], 1e-5, what + " weight and bias");
            FusedCheck.SameAsInDouble(t => F.GroupNorm(t[0], groups, t[1], t[2]), [x.Detach(), weight, bias], 1e-5, what + " weight and bias alone");
            if (sizes[2..].Aggregate(1L, static (a, b) => a * b) < 8) continue; // the deviation of a few numbers amplifies their rounding
            FusedCheck.SameAsInDouble(t => F.InstanceNorm(t[0]), [x], 1e-4, what + " instance");
            FusedCheck.SameAsInDouble(t => F.InstanceNorm(t[0], weight: t[1], bias: t[2]), [x, weight, bias], 1e-4, what + " instance with weight and bias");
        }
    }

    [Fact]
    public void InstanceNormMovesTheRunningStatistics()
    {
        Rng.ManualSeed(1);
        var x = Tensor.Randn(4, 3, 5, 6) * 2 + 1;
        Tensor mean = Tensor.Randn(3), variance = Tensor.Rand(3), wideMean = mean.To(DType.Float64), wideVariance = variance.To(DType.Float64);
        F.InstanceNorm(x, mean, variance, momentum: 0.3);
        F.InstanceNorm(x.To(DType.Float64), wideMean, wideVariance, momentum: 0.3);
        Assert.True((mean.To(DType.Float64) - wideMean).Abs().Max().Item() < 1e-5);
        Assert.True((variance.To(DType.Float64) - wideVariance).Abs().Max().Item() < 1e-5);
    }

    // torch.nn.functional.group_norm(torch.arange(12.).reshape(1, 4, 3) ** 2, 2, torch.tensor([1., 2, 3, 4]), torch.tensor([0., 1, 0, -1])) of PyTorch 1.13.1.
    [Fact]
    public void ValuesOfPyTorch()
    {
        var x = Tensor.Arange(12).To(DType.Float32).Reshape(1, 4, 3).Square();
        float[] expected = [
            -1.03042519f, -0.91801518f, -0.58078516f, 0.96252990f, 2.53627014f, 4.55965042f,
            -4.03225899f, -2.69389200f, -1.14962244f, -0.19926728f, 2.40883255f, 5.29146910f];
        float[] actual = F.GroupNorm(x, 2, Tensor.From(new float[] { 1, 2, 3, 4 }), Tensor.From(new float[] { 0, 1, 0, -1 })).ToArray<float>();
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 2e-6f * Math.Max(1, Math.Abs(expected[i])));
    }

    [Fact]
    public void NaNStaysInItsGroup()
    {
        var x = Tensor.Randn(2, 4, 9);
        x[0, 1, 3] = float.NaN;
        var y = F.GroupNorm(x, 2).Isnan();
        Assert.True(y[0, ..2].All().Item<bool>());
        Assert.False(y[0, 2..].Any().Item<bool>() || y[1].Any().Item<bool>());
    }

    [Fact]
    public void SameBitsAtAnyNumberOfThreads()
    {
        int before = Threads.Count;
        try
        {
            Rng.ManualSeed(3);
            var x = Tensor.Randn(8, 12, 40, 40).RequiresGradInPlace();
            Tensor weight = Tensor.Randn(12).RequiresGradInPlace(), bias = Tensor.Randn(12).RequiresGradInPlace(), g = Tensor.Randn(8, 12, 40, 40);
            float[][] expected = [];
            foreach (int count in (int[])[1, 2, 5])
            {
                Threads.Count = count;
                (x.Grad, weight.Grad, bias.Grad) = (null, null, null);
                var y = F.GroupNorm(x, 3, weight, bias);
                y.Backward(g);
                float[][] results = [y.Detach().ToArray<float>(), x.Grad!.ToArray<float>(), weight.Grad!.ToArray<float>(), bias.Grad!.ToArray<float>()];
                if (expected.Length == 0) expected = results;
                for (int i = 0; i < results.Length; i++) Assert.Equal(expected[i], results[i]);
            }
        }
        finally
        {
            Threads.Count = before;
        }
    }
}
