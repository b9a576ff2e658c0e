using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Workloads;

/// <summary>Three layers at the size of MNIST.</summary>
internal static class MlpWorkload
{
    public static Workload Build()
    {
        var model = Model();
        var x = Tensor.Rand(128, 784);
        var y = Tensor.Randint(0, 10, [128]);
        return Workload.Training(model, x, y, static (p, t) => F.CrossEntropy(p, t), new Adam(model.Parameters()));
    }

    public static Workload Inference()
    {
        var model = Model();
        return Workload.Inferring(model, Tensor.Rand(1, 784));
    }

    private static Sequential Model()
    {
        Rng.ManualSeed(0);
        return new(new Linear(784, 512), new ReLU(), new Linear(512, 512), new ReLU(), new Linear(512, 10));
    }
}
