using Firesteel.Nn;
using Firesteel.Optim;
using F = Firesteel.Nn.Functional;

namespace Firesteel.Workloads;

/// <summary>Logistic regression at the size of MNIST.</summary>
internal static class LogisticWorkload
{
    public static Workload Build()
    {
        Rng.ManualSeed(0);
        var model = new Linear(784, 10);
        var x = Tensor.Rand(128, 784);
        var y = Tensor.Randint(0, 10, [128]);
        return Workload.Training(model, x, y, static (p, t) => F.CrossEntropy(p, t), new Adam(model.Parameters()));
    }
}
