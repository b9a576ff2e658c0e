using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Workloads;

/// <summary>A classifier of points in the plane.</summary>
internal static class MoonsWorkload
{
    public static Workload Build()
    {
        Rng.ManualSeed(0);
        var model = new Sequential(new Linear(2, 16), new ReLU(), new Linear(16, 2));
        var x = Tensor.Randn(256, 2);
        var y = Tensor.Randint(0, 2, [256]);
        return Workload.Training(model, x, y, static (p, t) => F.CrossEntropy(p, t), new SGD(model.Parameters(), lr: 1e-2));
    }
}
