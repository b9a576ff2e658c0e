using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Workloads;

/// <summary>A wide network of one hidden layer on a noisy sine: all overhead.</summary>
internal static class WideNetWorkload
{
    public static Workload Build()
    {
        Rng.ManualSeed(2021);
        var model = new Sequential(new Linear(1, 512), new Tanh(), new Linear(512, 1));
        var x = Tensor.Linspace(-1, 1, 32).Reshape(32, 1);
        var y = (Math.PI * x).Sin() + Tensor.Randn(32, 1) / 4;
        return Workload.Training(model, x, y, static (p, t) => F.MseLoss(p, t), new SGD(model.Parameters(), lr: 0.003, momentum: 0.9));
    }
}
