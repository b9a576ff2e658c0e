using F = Firesteel.Nn.Functional;

namespace Firesteel.Tests.Devices.Cpu.Fused;

public class BatchNormTests
{
    [Fact]
    public void RandomShapes()
    {
        int seed = Random.Shared.Next();
        var random = new Random(seed);
        Rng.ManualSeed(seed);
        for (int trial = 0; trial < 20; trial++)
        {
            long channels = random.Next(1, 7);
            long[] sizes = trial % 2 == 0 ? [random.Next(1, 9), channels, random.Next(8, trial == 0 ? 3000 : 60)] : [random.Next(1, 9), channels, random.Next(3, 9), random.Next(3, 9)];
            var x = (Tensor.Randn(sizes) * 2 + 1).RequiresGradInPlace();
            if (trial % 5 == 4) x = (Tensor.Randn([sizes[1], sizes[0], .. sizes[2..]]) * 2).Transpose(0, 1).RequiresGradInPlace();
            Tensor weight = Tensor.Randn(channels).RequiresGradInPlace(), bias = Tensor.Randn(channels).RequiresGradInPlace();
            string what = $"{x.Shape} (seed {seed})";
            FusedCheck.SameAsInDouble(t => F.BatchNorm(t[0], null, null, training: true), [x], 1e-5, what);
            FusedCheck.SameAsInDouble(t => F.BatchNorm(t[0], null, null, t[1], training: true), [x, weight], 1e-5, what + " weight");
            FusedCheck.SameAsInDouble(t => F.BatchNorm(t[0], null, null, t[1], t[2], training: true), [x, weight, bias], 1e-5, what + " weight and bias");
            FusedCheck.SameAsInDouble(t => F.BatchNorm(t[0], t[3], t[4], t[1], t[2]), [x, weight, bias, Tensor.Randn(channels), Tensor.Rand(channels) + 0.5], 1e-5, what + " evaluated");

            Tensor mean = Tensor.Randn(channels), variance = Tensor.Rand(channels), wideMean = mean.To(DType.Float64), wideVariance = variance.To(DType.Float64);
            F.BatchNorm(x, mean, variance, training: true);
            F.BatchNorm(x.Detach().To(DType.Float64), wideMean, wideVariance, training: true);
            Assert.True((mean.To(DType.Float64) - wideMean).Abs().Max().Item() < 1e-5 && (variance.To(DType.Float64) - wideVariance).Abs().Max().Item() < 1e-5, what + " running statistics");
        }
    }
}
