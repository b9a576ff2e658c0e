using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Workloads;

/// <summary>Two small layers, Adam.</summary>
internal static class TwoLayerWorkload
{
    public static Workload Build()
    {
        Rng.ManualSeed(0);
        var model = new Sequential(new Linear(100, 200), new ReLU(), new Linear(200, 5));
        var x = Tensor.Randn(64, 100) * 1e-3;
        var y = Tensor.Randn(64, 5) * 1e-3;
        return Workload.Training(model, x, y, static (p, t) => F.MseLoss(p, t, reduction: Reduction.Sum), new Adam(model.Parameters(), lr: 1e-4));
    }
}
